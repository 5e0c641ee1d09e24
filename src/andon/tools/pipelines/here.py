"""One run on this machine, without a server: the same noun, the same engine, the same sandboxes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from andon.engine.desk import Desk
from andon.kernel.envelope import Envelope
from andon.kernel.ids import Actor, RunNumber, stream
from andon.tools.pipelines.events import RunFinished
from andon.tools.pipelines.model.run import CancelRun, QueueRun
from andon.tools.pipelines.ports import Logs, Snapshot, Snapshots, TaskRunner
from andon.tools.pipelines.progress import lines_for
from andon.tools.pipelines.views import Runs, RunSeen

NUMBER = RunNumber(1)
YOU = Actor("you")
_STREAM = stream("run", NUMBER)
#: how often what is going on is shown anew
GLANCE = timedelta(milliseconds=250)
#: for what runs to be killed after Ctrl-C
_STOP_WITHIN_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A running engine with an empty ledger, and what one needs to see of it."""

    desk: Desk
    runs: Runs
    logs: Logs
    runner: TaskRunner
    snapshots: Snapshots
    #: every event, in order, as it happens
    happened: asyncio.Queue[Envelope[object]]


class Workshop(Protocol):
    """Sets up a bench for one run, and clears it away; wiring makes it."""

    def __call__(self, only: tuple[str, ...]) -> AbstractAsyncContextManager[Bench]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunListener:
    """Who watches the run."""

    #: a line that stays
    said: Callable[[str], None]
    #: the run as it is now, every moment
    glanced: Callable[[RunSeen], None]


async def run_here(bench: Bench, snapshot: Snapshot, listener: RunListener) -> RunSeen:
    """Run the snapshot's pipeline to its end, or until this is cancelled; then nothing of it is left running."""
    order = QueueRun(
        number=NUMBER,
        repository=snapshot.repository,
        commit=snapshot.commit,
        branch=snapshot.branch,
        trunk=False,
        subject=snapshot.subject,
        author=snapshot.author,
    )
    await bench.desk.submit(_STREAM, order, actor=YOU)
    try:
        await _watch(bench, listener)
    except asyncio.CancelledError:
        await _stop(bench)
        raise
    return bench.runs.get(NUMBER)


async def _watch(bench: Bench, listener: RunListener) -> None:
    while True:
        try:
            async with asyncio.timeout(GLANCE.total_seconds()):
                happened = await bench.happened.get()
        except TimeoutError:
            listener.glanced(bench.runs.get(NUMBER))
            continue
        run = bench.runs.get(NUMBER)
        for line in lines_for(happened.event, run):
            listener.said(line)
        if isinstance(happened.event, RunFinished):
            return
        listener.glanced(run)


async def _stop(bench: Bench) -> None:
    if bench.runs.get(NUMBER).has_ended:
        return
    await bench.desk.submit(_STREAM, CancelRun(reason="stopped at the keyboard"), actor=YOU)
    try:
        async with asyncio.timeout(_STOP_WITHIN_S):
            while not isinstance((await bench.happened.get()).event, RunFinished):
                pass
    except TimeoutError:
        return
