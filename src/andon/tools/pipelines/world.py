"""What runs need of the world: the ports, and the guard of what strangers send through them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from andon.engine.dispatch import Performer, Tell
from andon.kernel.crash_guard import CrashGuard, unguarded
from andon.kernel.ids import RunNumber
from andon.kernel.limits import LARGEST, Limits
from andon.tools.pipelines.ports import (
    ArtifactPacker,
    Logs,
    PipelineSource,
    Reports,
    ReuseIndex,
    TaskRunner,
    Workspaces,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The ports that runs need."""

    source: PipelineSource
    workspaces: Workspaces
    runner: TaskRunner
    logs: Logs
    reports: Reports
    reuse: ReuseIndex
    packer: ArtifactPacker
    #: what of this machine the tasks' results depend on, at this moment
    machine: Callable[[], str] = str
    #: the most that a pipeline may ask for
    largest: Limits = LARGEST
    #: run only these tasks and what they need; empty runs all
    only: tuple[str, ...] = ()
    #: guards what reads files of strangers
    trying: CrashGuard = unguarded

    def try_for(self, work: str, run: RunNumber) -> AbstractAsyncContextManager[None]:
        """Guard a piece of a run's work. Errors: SetAside."""
        return self.trying(f"{work} of run {run}", f"andon runs rerun {run}")

    def guarded(self, work: str, performer: Performer) -> Performer:
        """The performer of an effect of a run, as one piece of guarded work."""

        async def perform(effect: Any, tell: Tell) -> None:
            async with self.try_for(work, effect.number):
                await performer(effect, tell)

        return perform
