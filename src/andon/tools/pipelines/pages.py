"""The pages of pipelines: the runs, one run, and what one of its tasks printed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Stream

from andon.engine.callers_desk import CallersDesk
from andon.kernel.errors import NotFound
from andon.kernel.ids import RunNumber, TaskName, stream
from andon.kernel.words import duration, plural, utc
from andon.standards.terminal_text import spans
from andon.tools.pipelines.model.request import RequestRun
from andon.tools.pipelines.model.run_commands import CancelRun
from andon.tools.pipelines.picture import colour_of, picture
from andon.tools.pipelines.ports import LogLine, Logs, LogWindow
from andon.tools.pipelines.rerunning import rerun
from andon.tools.pipelines.task_seen import TaskSeen
from andon.tools.pipelines.views import Runs, RunSeen
from andon.web.pages import Asked, Pages, back_to

RUNS = 50  #: on one page
LINES = 500  #: of a log on one page without JavaScript
MOST_LINES = 2000  #: that the log viewer may ask for at once
MOST_FOLLOWED = 5_000  #: lines of a wrapped log that come by themselves
MATCHES = 200

#: Protocols cannot be checked at run time, and need not be
TheLogs = NamedDependency[SkipValidation[Logs]]

COLOURS = {"success": "green", "warning": "amber", "failure": "red", "error": "red", "cancel": "grey", "skip": "grey"}


@get("/runs", sync_to_thread=False, include_in_schema=False)
def runs_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    runs: NamedDependency[Runs],
    repository: FromQuery[str] = "",
    branch: FromQuery[str] = "",
) -> Response[str]:
    """The newest runs."""
    going = runs.unfinished()
    return pages.show(
        "pipelines/runs.html",
        asked,
        live=("run/",),
        runs=runs.newest(RUNS, repository, branch),
        going=going,
        filtered=" ".join(word for word in (repository, branch) if word),
        sentence=f"{plural(len(going), 'run')} going on." if going else "No run is going on.",
    )


@get("/runs/{number:int}", sync_to_thread=False, include_in_schema=False)
def run_page(
    number: FromPath[int], pages: NamedDependency[Pages], asked: NamedDependency[Asked], runs: NamedDependency[Runs]
) -> Response[str]:
    """One run: its graph, its tasks, what it made."""
    run = runs.get(number)
    return pages.show(
        "pipelines/run.html",
        asked,
        live=(f"run/{number}",),
        run=run,
        colour=COLOURS.get(run.shown_lamp, "amber"),
        sentence=run_sentence(run),
        picture=picture(run),
        may_cancel=asked.who.may_give(CancelRun),
        may_rerun=asked.who.may_give(RequestRun),
        usual={task.name: runs.usual_duration(run.repository, task.name) for task in run.tasks},
    )


def run_sentence(run: RunSeen) -> str:
    """How the run stands, in one sentence."""
    running = [task.name for task in run.tasks if task.lamp == "running"]
    match run.lamp:
        case "success":
            after = f" after {duration(run.took)}" if run.took else ""
            warned = f", with {plural(len(run.warnings), 'warning')}" if run.warnings else ""
            return f"Run {run.number} is green{after}{warned}."
        case "failure" | "error":
            return f"Run {run.number} is red: {run.reason.rstrip('.') or 'a task failed'}."
        case "cancel":
            return f"Run {run.number} was cancelled."
        case "skip":
            return f"Run {run.number} was skipped: {run.reason}."
        case "packing":
            return f"Run {run.number} packs its artifact."
    return f"Run {run.number} runs {' and '.join(running)}." if running else f"Run {run.number} waits to start."


class CancelForm(msgspec.Struct):
    """The form that cancels a run."""

    reason: str = "cancelled on its page"


@post("/runs/{number:int}/cancel", include_in_schema=False, opt={"gives": CancelRun})
async def cancel_run(
    number: FromPath[int],
    data: URLEncodedBody[CancelForm],
    desk: NamedDependency[CallersDesk],
    runs: NamedDependency[Runs],
) -> Redirect:
    """Stop the run. Errors: Refused."""
    runs.get(number)
    await desk.submit(stream("run", number), CancelRun(reason=data.reason))
    return back_to(f"/runs/{number}")


@post("/runs/{number:int}/rerun", include_in_schema=False, opt={"gives": RequestRun})
async def rerun_run(
    number: FromPath[int],
    desk: NamedDependency[CallersDesk],
    runs: NamedDependency[Runs],
) -> Redirect:
    """Run the commit again. Errors: Refused, PortError."""
    made = await rerun(desk, runs, runs.get(number))
    return back_to(f"/runs/{made.number}")


@get("/runs/{number:int}/{task:str}", include_in_schema=False)
async def log_page(  # noqa: PLR0913, PLR0917  (an address of two parts and three questions)
    number: FromPath[int],
    task: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    runs: NamedDependency[Runs],
    logs: TheLogs,
    line: FromQuery[int | None] = None,
    find: FromQuery[str] = "",
    wrap: FromQuery[bool] = False,
) -> Response[str]:
    """What one task printed: a window of it, around a line when one is asked for; `wrap` breaks long lines."""
    run = runs.get(number)
    seen = run.task(task)
    window = await _window(logs, run, seen, _first(seen, line), LINES)
    found = await _find(logs, run, seen, find, 0) if find else ()
    return pages.show(
        "pipelines/log.html",
        asked,
        live=(f"run/{number}",),
        run=run,
        task=seen,
        colour=colour_of(seen),
        sentence=_task_sentence(run, seen),
        window=window,
        lines=_rows(window.lines),
        line=line,
        find=find,
        wrap=wrap,
        begun=_followed_from(window.lines[0].number if window.lines else 1, seen, window) if wrap and not line else 0,
        found=_rows(found),
        step=LINES,
        most=MATCHES,
    )


def _followed_from(begun: int, task: TaskSeen, window: LogWindow) -> int:
    """The line from which a wrapped log is followed; 0 when it ended, or is long. (The other one has a script.)"""
    end = window.lines[-1].number if window.lines else 0
    return 0 if task.has_ended or end < window.total_lines or end - begun >= MOST_FOLLOWED else begun


@get("/runs/{number:int}/{task:str}/more", include_in_schema=False)
async def log_more(  # noqa: PLR0913, PLR0917  (an address of two parts and a place)
    number: FromPath[int],
    task: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    runs: NamedDependency[Runs],
    logs: TheLogs,
    first: FromQuery[int] = 1,
    begun: FromQuery[int] = 1,
) -> Response[str]:
    """What a wrapped log printed from a line on, and whether to ask again."""
    run = runs.get(number)
    seen = run.task(task)
    window = await _window(logs, run, seen, max(1, first), MOST_LINES)
    return pages.show(
        "pipelines/log_rows.html",
        asked,
        run=run,
        task=seen,
        lines=_rows(window.lines),
        line=None,
        wrap=True,
        begun=_followed_from(max(1, begun), seen, window),
    )


def _first(task: TaskSeen, line: int | None) -> int:
    """Where the window begins: shortly before the line; at the end of what is red or goes on; else at the beginning."""
    if line is not None:
        return max(1, line - 20)
    return -LINES if task.lamp in {"running", "failure", "error", "cancel"} else 1


#: number, pieces of text with their classes, bytes left out at the end, when it was printed
Row = tuple[int, tuple[tuple[str, str], ...], int, str]


def _rows(lines: tuple[LogLine, ...]) -> tuple[Row, ...]:
    return tuple((one.number, _pieces_of(one), one.cut_bytes, utc(one.at) if one.at else "") for one in lines)


def _pieces_of(line: LogLine) -> tuple[tuple[str, str], ...]:
    return tuple((span.text, span.style.classes) for span in spans(line.text))


async def _window(logs: Logs, run: RunSeen, task: TaskSeen, first: int, count: int) -> LogWindow:
    try:
        return await logs.window(_printed_in(run, task), task.name, first=first, count=count)
    except NotFound:
        return LogWindow(lines=(), total_lines=0, size_bytes=0)


async def _find(logs: Logs, run: RunSeen, task: TaskSeen, text: str, after: int) -> tuple[LogLine, ...]:
    try:
        found = await logs.search(_printed_in(run, task), task.name, text=text, after=after, limit=MATCHES)
    except NotFound:
        return ()
    return found.lines


def _printed_in(run: RunSeen, task: TaskSeen) -> RunNumber:
    """The run that has the log: a reused task printed in an earlier one."""
    return task.reused_from or run.number


def _task_sentence(run: RunSeen, task: TaskSeen) -> str:
    match task.lamp:
        case "waiting":
            return f"{task.name} waits to start."
        case "running":
            return f"{task.name} is running."
        case "reused":
            return f"{task.name} is unchanged since run {task.reused_from}, whose result stands."
        case "success":
            warned = f", with {plural(len(task.warnings), 'warning')}" if task.warnings else ""
            return f"{task.name} is green after {duration(task.took or timedelta())}{warned}."
    return f"{task.name} is red in run {run.number}: {task.reason.rstrip('.') or task.lamp}."


@get("/runs/{number:int}/{task:str}/lines", include_in_schema=False)
async def log_lines(  # noqa: PLR0913, PLR0917  (an address of two parts and a range)
    number: FromPath[int],
    task: FromPath[str],
    runs: NamedDependency[Runs],
    logs: TheLogs,
    first: FromQuery[int] = 1,
    count: FromQuery[int] = LINES,
) -> dict[str, Any]:
    """A range of lines for the log viewer; how long the log is by now, and whether it has ended."""
    run = runs.get(number)
    seen = run.task(task)
    window = await _window(logs, run, seen, first, min(max(count, 1), MOST_LINES))
    return {"lines": _rows(window.lines), "total": window.total_lines, "ended": seen.has_ended}


@get("/runs/{number:int}/{task:str}/found", include_in_schema=False)
async def log_found(  # noqa: PLR0913, PLR0917  (an address of two parts and a search)
    number: FromPath[int],
    task: FromPath[str],
    runs: NamedDependency[Runs],
    logs: TheLogs,
    text: FromQuery[str],
    after: FromQuery[int] = 0,
) -> dict[str, Any]:
    """The next lines that hold a text, for the log viewer."""
    run = runs.get(number)
    found = await _find(logs, run, run.task(task), text, after)
    return {"lines": [line.number for line in found], "most": MATCHES}


@get("/runs/{number:int}/{task:str}/raw", include_in_schema=False)
async def raw_log(number: FromPath[int], task: FromPath[str], runs: NamedDependency[Runs], logs: TheLogs) -> Stream:
    """The whole log as it was printed."""
    run = runs.get(number)
    seen = run.task(task)
    pieces = _pieces(logs, _printed_in(run, seen), seen.name)
    return Stream(pieces, media_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})


async def _pieces(logs: Logs, run: RunNumber, task: TaskName) -> AsyncIterator[bytes]:
    async for _, piece in logs.tail(run, task, offset=0, ended=lambda: True):
        yield piece


HANDLERS = (runs_page, run_page, cancel_run, rerun_run, log_page, log_more, log_lines, log_found, raw_log)
