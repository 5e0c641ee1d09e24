"""Users of this host that nothing else runs as: each sandbox of a server that is root gets one.

The folder that a sandbox works on belongs to its user. That is also the record of whose it is, so that a server that
was restarted, and a second sandbox over the same folder, take the same user.
"""

from __future__ import annotations

import os
import secrets
import socket
import struct
import subprocess
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.sandbox import namespaces

#: above all that systemd, useradd and container engines give out
_FIRST, _COUNT = 1_900_000_000, 1 << 24
#: a user, and the one that is root while its sandbox is put together
_STEP = 2
#: of ours, for some to be set apart
_FEWEST = 8 * 1024
_BATCH = 8
_MOST_KEPT = 32
_MAKE_WITHIN_S = 20
_PAIR = struct.Struct("ii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the programs of a sandbox are, on the host."""

    #: also the number of its group
    user: int
    #: user namespaces: where the sandbox is put together, and where its program runs
    outer: int
    inner: int


def users_of_sandboxes(own: Iterable[tuple[int, int]]) -> range:
    """The users that sandboxes get, of the ranges of users that there are here; empty where there are too few."""
    first, count = max(own, key=lambda extent: extent[1], default=(0, 0))
    if first <= _FIRST and first + count >= _FIRST + _COUNT:
        return range(_FIRST, _FIRST + _COUNT, _STEP)
    # in a container: an eighth of what it has, below its last quarter's end, where "nobody" may be
    start = first + count * 3 // 4
    return range(start, start + count // 8, _STEP) if count >= _FEWEST else range(0)


class Identities:
    """Makes identities, and keeps those that may be used again soon. For root."""

    def __init__(self) -> None:
        self.users = users_of_sandboxes(namespaces.extents(Path("/proc/self/uid_map")))
        #: by number of the user in the range; those of earlier servers are elsewhere in it
        self._next = secrets.randbelow(len(self.users)) if self.users else 0
        self._fresh: deque[Identity] = deque()
        self._kept: OrderedDict[int, Identity] = OrderedDict()
        #: by user, of those that are kept: the folder that belongs to it
        self._folders: dict[int, Path] = {}
        self._lock = threading.Lock()
        if os.getgroups():
            # a sandbox would have them too; root needs none
            os.setgroups([])

    @contextmanager
    def owner_of(self, folder: Path) -> Iterator[Identity]:
        """The user to whom the folder belongs; it gets one with all that is in it, when it has none. Errors: PortError.

        Nothing else may work in the folder meanwhile. Valid inside the block. It blocks: for a thread.
        """
        with self._lock:
            known = folder.stat().st_uid
            identity = self._again(known) if known in self.users else self._new()
            self._folders[identity.user] = folder
            if known != identity.user:
                give(folder, identity.user)
            yield identity

    @contextmanager
    def anybody(self) -> Iterator[Identity]:
        """A user of which there is nothing yet. As `owner_of`."""
        with self._lock:
            identity = self._new()
            self._folders.pop(identity.user, None)
            yield identity

    def _new(self) -> Identity:
        if not self.users:
            raise PortError(f"this container has too few users; give it at least {_FEWEST}", permanent=True)
        if unused := next((user for user, folder in self._folders.items() if not folder.exists()), None):
            return self._keep(self._kept[unused])
        if not self._fresh:
            self._fresh += self._make([self._number() for _ in range(_BATCH)])
        return self._keep(self._fresh.popleft())

    def _again(self, user: int) -> Identity:
        if user in self._kept:
            return self._keep(self._kept[user])
        (made,) = self._make([user])
        return self._keep(made)

    def _keep(self, identity: Identity) -> Identity:
        self._kept[identity.user] = identity
        self._kept.move_to_end(identity.user)
        if len(self._kept) > _MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._folders.pop(oldest.user, None)
            os.close(oldest.outer)
            os.close(oldest.inner)
        return identity

    def _number(self) -> int:
        self._next = (self._next + 1) % len(self.users)
        return self.users[self._next]

    def _make(self, users: list[int]) -> list[Identity]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-I", "-S", namespaces.__file__, *map(str, users)]
        with ours, theirs:
            try:
                done = subprocess.run(
                    command, stdin=theirs.fileno(), capture_output=True, timeout=_MAKE_WITHIN_S, check=False
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise PortError(f"no user namespaces could be made for sandboxes: {error}") from error
            if done.returncode:
                said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
                raise PortError(f"no user namespaces could be made for sandboxes: {' '.join(said)}")
            return [_received(ours, user) for user in users]


def _received(ours: socket.socket, user: int) -> Identity:
    # socket.recv_fds takes no notice of its flags: every process started meanwhile would have them too
    _, ((_, _, pair),), _, _ = ours.recvmsg(16, socket.CMSG_LEN(_PAIR.size), socket.MSG_CMSG_CLOEXEC)
    outer, inner = _PAIR.unpack(pair)
    return Identity(user=user, outer=outer, inner=inner)


def give(folder: Path, user: int) -> None:
    """All that is in the folder belongs to the user; the folder last, so that one that does is given whole."""
    for parent, folders, files, handle in os.fwalk(folder, topdown=False):
        for name in (*folders, *files):
            os.chown(name, user, user, dir_fd=handle, follow_symlinks=False)
        if Path(parent) == folder:
            os.chown(folder, user, user)
