"""Who stands at the other end of a connection on loopback: a program of this machine, or one in a sandbox of ours."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from andon.machine.sandbox.identities import users_of_sandboxes
from andon.machine.sandbox.namespaces import extents

_SOCK_DIAG, _BY_FAMILY, _REQUEST = 4, 20, 1  # NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST: sock_diag(7)
_HEADER = struct.Struct("=IHHII")
_QUESTION = struct.Struct("=BBBBI")
_ANY_STATE, _NO_COOKIE = 0xFFFFFFFF, b"\xff" * 8
#: in the answer, behind its header: uid and inode follow 4 bytes, the socket's id and three numbers
_OWNER = struct.Struct("=II")
_OWNER_AT = _HEADER.size + 4 + 48 + 12

End = tuple[str, int]


def is_from_sandbox(far: End, near: End) -> bool:
    """Was the connection from `far` to `near` opened by a process in a sandbox of this machine?

    Sandboxes have user namespaces of their own. A root server gives them users of their own too, whom nothing outside
    has; else they run as the server's user, and the process is looked for.
    """
    owner = _owner(far, near)
    if owner is None:
        return False
    uid, inode = owner
    if os.geteuid() == 0 and (users := _users_of_sandboxes()):
        return users.start <= uid < users.stop
    return bool(inode) and _is_held_apart(uid, inode)


def _is_held_apart(uid: int, inode: int) -> bool:
    """Is the socket a sandbox's? One that nobody has may be on its way between two processes of a sandbox.

    A process can forbid others to see its files: sshd does for the tunnels of a user, and so may one in a sandbox.
    """
    unseen = set[bool]()
    for process in _processes_of(uid):
        held = _holds(process, inode)
        if held:
            return _is_apart(process)
        if held is None:
            unseen.add(_is_apart(process))
    return not unseen or True in unseen


@cache
def _users_of_sandboxes() -> range:
    return users_of_sandboxes(extents(Path("/proc/self/uid_map")))


def _owner(far: End, near: End) -> tuple[int, int] | None:
    """User and inode of the far end's socket; None when it is not of this machine, or is gone."""
    family = socket.AF_INET6 if ":" in far[0] else socket.AF_INET
    ends = b"".join(socket.inet_pton(family, end[0]).ljust(16, b"\0") for end in (far, near))
    asked = _QUESTION.pack(family, socket.IPPROTO_TCP, 0, 0, _ANY_STATE)
    asked += struct.pack("!HH", far[1], near[1]) + ends + bytes(4) + _NO_COOKIE
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _SOCK_DIAG) as netlink:
        netlink.settimeout(1)
        netlink.send(_HEADER.pack(_HEADER.size + len(asked), _BY_FAMILY, _REQUEST, 1, 0) + asked)
        answer = netlink.recv(4096)
    if _HEADER.unpack_from(answer)[1] != _BY_FAMILY:
        return None
    uid, inode = _OWNER.unpack_from(answer, _OWNER_AT)
    return uid, inode


def _processes_of(uid: int) -> Iterator[str]:
    """The processes of a user, those that began last first: whoever connects has often just begun."""
    pids = sorted((int(name) for name in os.listdir("/proc") if name.isdecimal()), reverse=True)  # noqa: PTH208
    mine = f"\nUid:\t{uid}\t".encode()
    for process in map(str, pids):
        status = _status(process)
        if mine in status and b"\nState:\tZ" not in status:  # one that has ended holds nothing
            yield process


def _status(process: str) -> bytes:
    """What everybody may know of a process; nothing when it has ended."""
    with suppress(OSError), open(f"/proc/{process}/status", "rb", buffering=0) as status:  # noqa: PTH123
        return status.read()
    return b""


def _is_apart(process: str) -> bool:
    """Is it in another user namespace; or, of one that lets nobody look, in a process namespace below this one?"""
    try:
        return os.stat(f"/proc/{process}/ns/user").st_ino != os.stat("/proc/self/ns/user").st_ino  # noqa: PTH116
    except OSError:
        return len(_pids_of(process)) > len(_pids_of("self"))


def _pids_of(process: str) -> list[bytes]:
    """Its numbers in this process namespace and those below."""
    return _status(process).partition(b"\nNSpid:")[2].partition(b"\n")[0].split()


def _holds(process: str, inode: int) -> bool | None:
    """Does it have the socket open? None when nobody may see its files."""
    wanted, folder = f"socket:[{inode}]", f"/proc/{process}/fd"
    try:
        for one in os.listdir(folder):  # noqa: PTH208
            with suppress(FileNotFoundError):
                if os.readlink(f"{folder}/{one}") == wanted:  # noqa: PTH115
                    return True
    except PermissionError:
        return None
    except OSError:  # it has ended
        return False
    return False
