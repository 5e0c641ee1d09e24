"""Limits by cgroup v1: a tree for each controller."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from andon.kernel.limits import Limits, exceeded
from andon.machine.limits.entering import entering
from andon.machine.limits.groups import counter, remove, write

NEEDED = ("memory", "pids")
_PERIOD_US = 100_000
#: of a task, where the server and everything else have 1024
_SHARES = "512"


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupV1:
    """Enforcement below one folder of each controller's tree."""

    memory: Path
    pids: Path
    #: None where the machine has no such controller
    cpu: Path | None

    @property
    def name(self) -> str:
        return "cgroup v1"

    def prepare(self, key: str, limits: Limits) -> tuple[str, ...]:
        """See Enforcement."""
        groups = self._groups(key)
        for group in groups:
            remove(group)
            group.mkdir()
        write(self.memory / key / "memory.limit_in_bytes", str(limits.memory))
        with_swap = self.memory / key / "memory.memsw.limit_in_bytes"
        if with_swap.exists():
            write(with_swap, str(limits.memory))
        write(self.pids / key / "pids.max", str(limits.processes))
        if self.cpu is not None:
            write(self.cpu / key / "cpu.shares", _SHARES)
            if limits.cpu:
                write(self.cpu / key / "cpu.cfs_quota_us", str(int(limits.cpu * _PERIOD_US)))
        return entering(limits, groups)

    def exceeded(self, key: str, limits: Limits, pid: int) -> str:
        """See Enforcement."""
        killed = counter(self.memory / key / "memory.oom_control", "oom_kill")
        return exceeded("memory", limits) if killed else ""

    def denied(self, key: str, limits: Limits) -> str:
        """See Enforcement."""
        return exceeded("processes", limits) if counter(self.pids / key / "pids.events", "max") else ""

    def remove(self, key: str) -> None:
        """See Enforcement."""
        for group in self._groups(key):
            remove(group)

    def _groups(self, key: str) -> tuple[Path, ...]:
        return tuple(tree / key for tree in (self.memory, self.pids, self.cpu) if tree is not None)
