"""Makes pairs of user namespaces, one pair for each user of the host that is named, and hands them over.

Run as root, as a script with nothing but the standard library: a namespace can be made only by a process with one
thread. Standard input is a socket over which the descriptors go. In a pair

- the outer namespace is where a sandbox is put together: user 1000 is the one named, root is the next one, which is
  nobody on the host either, and all others of the host are there too, because the files that are shown are theirs;
- the inner one is where the program runs: user 1000 and nobody else, and it can make no further namespaces.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path

#: the user inside
INSIDE = 1000
#: where the host's own users stand in an outer namespace
SHIFT = 2_100_000_000
_MOST_USERS = 2**32 - 2
_CLONE_NEWUSER = 0x10000000
_PR_SET_DUMPABLE = 4
_LIBC = ctypes.CDLL(None, use_errno=True)


def extents(path: Path) -> list[tuple[int, int]]:
    """First number and count of each range that our own namespace has, from a uid_map."""
    rows = (line.split() for line in path.read_text().splitlines())
    return [(int(first), int(count)) for first, _, count in rows]


def outer_map(user: int, own: list[tuple[int, int]]) -> str:
    """The map of an outer namespace; ranges end before the user, where those of sandboxes begin."""
    lines = [f"0 {user + 1} 1", f"{INSIDE} {user} 1"]
    for first, count in own:
        most = min(user - first if first <= user < first + count else count, _MOST_USERS - SHIFT - first)
        if most > 0:
            lines.append(f"{SHIFT + first} {first} {most}")
    return "\n".join(lines) + "\n"


def make_pair(user: int) -> tuple[int, int]:
    """Descriptors of the outer and the inner namespace. Errors: OSError."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        _in_child(theirs)
    theirs.close()
    try:
        _expect(ours)
        for kind in ("uid_map", "gid_map"):
            Path(f"/proc/{child}/{kind}").write_text(outer_map(user, extents(Path(f"/proc/self/{kind}"))))
        outer = os.open(f"/proc/{child}/ns/user", os.O_RDONLY)
        ours.send(b"mapped")
        _expect(ours)
        return outer, os.open(f"/proc/{child}/ns/user", os.O_RDONLY)
    finally:
        ours.close()
        os.waitpid(child, 0)


def _expect(ours: socket.socket) -> None:
    answer = ours.recv(1000).decode()
    if answer != "done":
        raise OSError(answer)


def _in_child(theirs: socket.socket) -> None:
    """Becomes the first member of both namespaces, one after the other, and waits until they are held."""
    try:
        _unshare()
        theirs.send(b"done")
        theirs.recv(1000)
        _enter()
        theirs.send(b"done")
        theirs.recv(1000)
    except OSError as error:
        theirs.send(str(error).encode())
    finally:
        os._exit(0)


def _enter() -> None:
    os.setgroups([])
    os.setresgid(INSIDE, INSIDE, INSIDE)
    os.setresuid(INSIDE, INSIDE, INSIDE)
    # else its own maps would be root's
    _LIBC.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)
    _unshare()
    for name, text in (("uid_map", f"{INSIDE} {INSIDE} 1"), ("setgroups", "deny"), ("gid_map", f"{INSIDE} {INSIDE} 1")):
        Path("/proc/self", name).write_text(text)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def _unshare() -> None:
    if _LIBC.unshare(_CLONE_NEWUSER):
        number = ctypes.get_errno()
        raise OSError(number, f"a user namespace could not be made: {os.strerror(number)}")


def main() -> None:
    """Make a pair for each argument; one message each."""
    with socket.socket(fileno=0) as out:
        for user in map(int, sys.argv[1:]):
            pair = make_pair(user)
            socket.send_fds(out, [b"pair"], pair)
            for one in pair:
                os.close(one)


if __name__ == "__main__":
    main()
