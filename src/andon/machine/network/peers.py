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
    """Was the connection from `far` to `near`, both on this machine, opened by a process in a sandbox?

    Sandboxes have user namespaces of their own. A root server gives them users of their own too, whom nothing outside
    has; else they run as the server's user, and the process is looked for.
    """
    owner = _owner(far, near)
    if owner is None:
        return False
    uid, inode = owner
    if os.geteuid() == 0 and (users := _users_of_sandboxes()):
        return users.start <= uid < users.stop
    return any(_holds(process, inode) for process in _elsewhere(uid))


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


def _elsewhere(uid: int) -> Iterator[str]:
    """The processes of a user that are in another user namespace than this one."""
    ours = os.stat("/proc/self/ns/user").st_ino  # noqa: PTH116  (this is asked often, and paths are slow)
    for name in os.listdir("/proc"):  # noqa: PTH208
        if not name.isdecimal():
            continue
        with suppress(OSError):  # it ended
            if os.stat(f"/proc/{name}").st_uid == uid and os.stat(f"/proc/{name}/ns/user").st_ino != ours:  # noqa: PTH116
                yield name


def _holds(process: str, inode: int) -> bool:
    wanted, folder = f"socket:[{inode}]", f"/proc/{process}/fd"
    with suppress(OSError):
        for one in os.listdir(folder):  # noqa: PTH208
            with suppress(OSError):
                if os.readlink(f"{folder}/{one}") == wanted:  # noqa: PTH115
                    return True
    return False
