"""Limits where the kernel offers no groups: resource limits of each process, and looking at all of them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.limits import Limits, exceeded
from andon.machine.limits.entering import entering

_PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
#: the user's other processes come and go; the exact number is found by looking
_ROOM = 2


@dataclass(frozen=True, slots=True)
class _Process:
    """One process as /proc shows it."""

    pid: int
    parent: int
    threads: int
    #: resident bytes, also those that it shares
    resident: int


@dataclass(frozen=True, slots=True)
class Watching:
    """Enforcement by whoever asks `exceeded` again and again, and then ends the processes."""

    @property
    def name(self) -> str:
        return "watching"

    def prepare(self, key: str, limits: Limits) -> tuple[str, ...]:
        """See Enforcement. The kernel's own limit of processes counts all of a user, and never those of root."""
        most = None if os.geteuid() == 0 else _threads_of(os.geteuid()) + _ROOM * limits.processes
        return entering(limits, (), most_of_user=most)

    def exceeded(self, key: str, limits: Limits, pid: int) -> str:
        """See Enforcement."""
        group = tuple(_tree(pid))
        if sum(one.threads for one in group) > limits.processes:
            return exceeded("processes", limits)
        if sum(one.resident for one in group) <= limits.memory:
            return ""
        # what several of them share counts once
        return exceeded("memory", limits) if sum(map(_proportional, group)) > limits.memory else ""

    def denied(self, key: str, limits: Limits) -> str:
        """See Enforcement: what is denied here is not known."""
        return ""

    def remove(self, key: str) -> None:
        """See Enforcement: there is nothing but processes, and whoever started them ends them."""


def _tree(pid: int) -> Iterator[_Process]:
    """The process and everything below it."""
    children: dict[int, list[_Process]] = defaultdict(list)
    left: list[_Process] = []
    for one in _all():
        children[one.parent].append(one)
        if one.pid == pid:
            left.append(one)
    while left:
        one = left.pop()
        yield one
        left += children[one.pid]


def _all() -> Iterator[_Process]:
    for pid in _pids():
        try:
            stat = (_PROC / pid / "stat").read_bytes()
        except OSError:
            continue
        fields = stat.rpartition(b")")[2].split()
        yield _Process(
            pid=int(pid), parent=int(fields[1]), threads=int(fields[17]), resident=int(fields[21]) * _PAGE_BYTES
        )


def _pids() -> Iterator[str]:
    return (name for name in os.listdir(_PROC) if name.isdecimal())  # noqa: PTH208  (no Path is needed for each)


def _proportional(one: _Process) -> int:
    """Bytes of memory, of what is shared only its share; all that is resident where that is not told."""
    try:
        lines = (_PROC / str(one.pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return one.resident
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), one.resident)


def _threads_of(user: int) -> int:
    """How many threads all processes of the user have."""
    mine = (pid for pid in _pids() if _owner(pid) == user)
    return sum(_threads(pid) for pid in mine)


def _owner(pid: str) -> int:
    try:
        return (_PROC / pid).stat().st_uid
    except OSError:
        return -1


def _threads(pid: str) -> int:
    try:
        return len(os.listdir(_PROC / pid / "task"))  # noqa: PTH208  (no Path is needed for each)
    except OSError:
        return 0
