"""Groups of processes under limits, for whoever starts, watches and ends them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from andon.kernel.limits import LARGEST, AskedLimits, Limits, bounded
from andon.machine.limits.enforcement import Enforcement
from andon.machine.limits.found import find_enforcement
from andon.machine.process.launch import ProcessLaunch


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group: what a task run, or an instance of a service, starts."""

    enforcement: Enforcement
    #: the same after a restart of the server
    key: str
    limits: Limits

    def limited(self, launch: ProcessLaunch) -> ProcessLaunch:
        """The launch, in this group from its first moment. Errors: PortError."""
        words = self.enforcement.prepare(self.key, self.limits)
        return replace(launch, command=(*words, *launch.command))

    def exceeded(self, pid: int) -> str:
        """The limit it must be ended for, as a sentence; "" when none. `pid` is its outermost process."""
        return self.enforcement.exceeded(self.key, self.limits, pid)

    def denied(self) -> str:
        """What was denied to it because of a limit, as a sentence; "" when nothing."""
        return self.enforcement.denied(self.key, self.limits)

    def remove(self) -> None:
        """Nothing of it is left. Errors: PortError."""
        self.enforcement.remove(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """What a server permits."""

    #: begins the names of this server's groups; the same after a restart
    owner: str
    default: Limits = field(default_factory=Limits)
    largest: Limits = LARGEST


class Groups:
    """Makes groups; what this machine can enforce is found out when it is first needed."""

    def __init__(self, settings: LimitSettings) -> None:
        self._settings = settings
        self._enforcement: Enforcement | None = None
        self._trying = asyncio.Lock()

    async def group(self, key: str, asked: AskedLimits) -> Group:
        """The group of this key, with the limits asked for as far as they are permitted."""
        async with self._trying:
            if self._enforcement is None:
                self._enforcement = await asyncio.to_thread(find_enforcement)
        limits = bounded(asked.on(self._settings.default), self._settings.largest)
        return Group(enforcement=self._enforcement, key=f"{self._settings.owner}-{key}", limits=limits)
