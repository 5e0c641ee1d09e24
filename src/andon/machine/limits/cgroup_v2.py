"""Limits by cgroup v2: one tree, all controllers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from andon.kernel.limits import Limits, exceeded
from andon.machine.limits.entering import entering
from andon.machine.limits.groups import counter, remove, write

NEEDED = ("memory", "pids")
_PERIOD_US = 100_000
#: of a task, where the server and everything else have 100
_WEIGHT = "50"


@dataclass(frozen=True, slots=True)
class CgroupV2:
    """Enforcement below one folder of the tree, whose children have the controllers that are needed."""

    folder: Path

    @property
    def name(self) -> str:
        return "cgroup v2"

    def prepare(self, key: str, limits: Limits) -> tuple[str, ...]:
        """See Enforcement."""
        group = self.folder / key
        remove(group)
        group.mkdir()
        write(group / "memory.max", str(limits.memory))
        write(group / "pids.max", str(limits.processes))
        for file, value in _where_there(limits).items():
            if (group / file).exists():
                write(group / file, value)
        return entering(limits, (group,))

    def exceeded(self, key: str, limits: Limits, pid: int) -> str:
        """See Enforcement."""
        killed = counter(self.folder / key / "memory.events", "oom_kill")
        return exceeded("memory", limits) if killed else ""

    def denied(self, key: str, limits: Limits) -> str:
        """See Enforcement."""
        return exceeded("processes", limits) if counter(self.folder / key / "pids.events", "max") else ""

    def remove(self, key: str) -> None:
        """See Enforcement."""
        remove(self.folder / key)


def _where_there(limits: Limits) -> dict[str, str]:
    """What a kernel or a machine may lack without harm."""
    share = f"{int(limits.cpu * _PERIOD_US)} {_PERIOD_US}" if limits.cpu else "max"
    return {"memory.swap.max": "0", "memory.oom.group": "1", "cpu.max": share, "cpu.weight": _WEIGHT}
