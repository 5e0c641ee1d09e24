"""The port: whatever enforces limits on a group of processes."""

from __future__ import annotations

from typing import Protocol

from andon.kernel.limits import Limits


class Enforcement(Protocol):
    """Enforces limits on groups of processes; a group has a key, such as "run-8-test". Errors: PortError."""

    @property
    def name(self) -> str:
        """For people: "cgroup v2"."""
        ...

    def prepare(self, key: str, limits: Limits) -> tuple[str, ...]:
        """Make the group anew; returns the words to put before a command line so that the command runs in it."""
        ...

    def exceeded(self, key: str, limits: Limits, pid: int) -> str:
        """What the group exceeds and must be ended for; "" when nothing. `pid` is its outermost process."""
        ...

    def denied(self, key: str, limits: Limits) -> str:
        """What the kernel denied the group because of a limit, although it goes on; "" when nothing."""
        ...

    def remove(self, key: str) -> None:
        """The group is not there any more, nor any process in it."""
        ...
