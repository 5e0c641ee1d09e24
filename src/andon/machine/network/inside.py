"""Run by itself: `inside.py PID PORT FD` listens on loopback in the network of a process, and passes the socket on.

Nothing of Andon and only what starts fast is imported: it is waited for before a task begins.
"""

import ctypes
import fcntl
import os
import resource
import socket
import sys

NEW_USER, NEW_NET = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET: sched.h
FREE_BIND = 15  # IP_FREEBIND: ip(7)
GET_OWNER = 0xB701  # NS_GET_USERNS: ioctl_ns(2)


def enter(namespace: int, kind: int) -> None:
    """Join a namespace. Errors: OSError."""
    if ctypes.CDLL(None, use_errno=True).setns(namespace, kind):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def listen(pid: int, port: int) -> socket.socket:
    """A socket that listens in the process's network. Errors: OSError."""
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    try:
        enter(network, NEW_NET)
    except PermissionError:  # not root: whoever made the user namespace may do so from within it
        enter(fcntl.ioctl(network, GET_OWNER), NEW_USER)
        enter(network, NEW_NET)
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_IP, FREE_BIND, 1)  # the sandbox may not have brought its loopback up yet
    listening.bind(("127.0.0.1", port))
    listening.listen(128)
    return listening


if __name__ == "__main__":
    # of sockets on their way a user has so many as the sender may open: more than a sandbox of the same user can send
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with socket.socket(fileno=int(sys.argv[3])) as to_server, listen(int(sys.argv[1]), int(sys.argv[2])) as listening:
        socket.send_fds(to_server, [b"1"], [listening.fileno()])
