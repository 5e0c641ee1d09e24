"""`andon run`: the pipeline of the working copy as it is now, here, as the server would run it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from andon.console.live import LiveLines
from andon.console.session import Session
from andon.kernel.ids import RepositoryName
from andon.kernel.words import duration
from andon.standards.terminal_text import readable
from andon.tools.pipelines.api_shapes import shown
from andon.tools.pipelines.here import NUMBER, Bench, RunListener, Workshop, run_here
from andon.tools.pipelines.init import repository_name
from andon.tools.pipelines.progress import NAME_WIDTH
from andon.tools.pipelines.views import RunSeen
from andon.tools.pipelines.working_copy import find_working_copy

#: of a red task's log, from its end
LINES_SHOWN = 30


async def run(
    *tasks: str,
    session: Annotated[Session, Parameter(parse=False)],
    workshop: Annotated[Workshop, Parameter(parse=False)],
) -> int:
    """Run the pipeline here, without a server: the same file, the same sandboxes, uncommitted changes as well.

    Parameters
    ----------
    tasks:
        Only these, and what they need.
    """
    copy = find_working_copy(Path())
    async with workshop(tasks) as bench:
        name = RepositoryName(repository_name(copy.folder))
        sandbox = await bench.runner.sandbox()
        if sandbox.reason:
            session.terminal.note(f"{session.paint.warn('!')} {sandbox.reason}")
        snapshot = await bench.snapshots.take(str(copy.folder), name)
        with LiveLines(session) as live:
            listener = RunListener(
                said=lambda line: live.done(_painted(session, line)),
                glanced=lambda seen: live.moving(_moving(seen, datetime.now(UTC))),  # noqa: TID251  (shown, not stored)
            )
            ended = await run_here(bench, snapshot, listener)
        await _tell_end(session, bench, ended)
    return 0 if ended.lamp == "success" else 1


def _painted(session: Session, line: str) -> str:
    paint = {"✓": session.paint.good, "✗": session.paint.bad, "–": session.paint.warn}
    lamp = line[2:3]
    return f"  {paint[lamp](lamp)}{line[3:]}" if lamp in paint else line


def _moving(run: RunSeen, now: datetime) -> list[str]:
    """What runs now, and for how long."""
    going = [task for task in run.tasks if task.lamp == "running" and task.started_at]
    return [f"  ▸ {t.name:{NAME_WIDTH}} {duration(now - t.started_at):>8}" for t in going if t.started_at]


async def _tell_end(session: Session, bench: Bench, run: RunSeen) -> None:
    if session.json:
        session.show(shown(run), str)
        return
    for task in run.tasks:
        if task.lamp in {"failure", "error"} and task.log_lines:
            window = await bench.logs.window(NUMBER, task.name, first=-LINES_SHOWN, count=LINES_SHOWN)
            session.say(f"\n{session.paint.strong(f'what {task.name} printed last')}:")
            for line in window.lines:
                session.say(f"  {readable(line.text)}")
