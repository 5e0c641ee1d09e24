"""The API of pipelines: runs, their logs, and two orders: run this again, stop this."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, SkipValidation
from litestar.response import Stream

from andon.engine.callers_desk import CallersDesk
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import RunNumber, stream
from andon.standards.terminal_text import readable
from andon.tools.pipelines.api_shapes import (
    CancelRequest,
    LogShown,
    MatchesShown,
    NewRun,
    RunShown,
    shown,
)
from andon.tools.pipelines.model.request import RequestRun
from andon.tools.pipelines.model.run_commands import CancelRun
from andon.tools.pipelines.ports import LogLine, Logs, LogWindow
from andon.tools.pipelines.rerunning import rerun
from andon.tools.pipelines.task_seen import TaskSeen
from andon.tools.pipelines.views import Runs, RunSeen, Trunk
from andon.web.who import Who

MOST_RUNS = 200
MOST_LINES = 5000
MOST_MATCHES = 1000
_SHORTEST_COMMIT = 7

#: a Protocol cannot be checked at run time, and need not be
TheLogs = NamedDependency[SkipValidation[Logs]]


@get("/api/v1/runs", sync_to_thread=False)
def list_runs(
    runs: NamedDependency[Runs],
    repository: FromQuery[str] = "",
    branch: FromQuery[str] = "",
    limit: FromQuery[int] = 20,
) -> list[RunShown]:
    """The newest runs, newest first."""
    return [shown(run) for run in runs.newest(_within(limit, MOST_RUNS, "limit"), repository, branch)]


@get("/api/v1/trunks", sync_to_thread=False)
def list_trunks(runs: NamedDependency[Runs]) -> list[Trunk]:
    """Whether each repository's trunk is green, since when and by whose change."""
    return list(runs.trunks())


@get("/api/v1/runs/{number:int}", sync_to_thread=False)
def get_run(number: FromPath[int], runs: NamedDependency[Runs]) -> RunShown:
    """One run with its tasks."""
    return shown(runs.get(number))


@post("/api/v1/runs", status_code=201, opt={"gives": RequestRun})
async def run_again(
    data: JSONBody[NewRun], desk: NamedDependency[CallersDesk], runs: NamedDependency[Runs]
) -> RunShown:
    """Run a commit again that was run before, on the branch it was pushed to."""
    return shown(await rerun(desk, runs, _earlier(runs, data)))


@post("/api/v1/runs/{number:int}/rerun", status_code=201, opt={"gives": RequestRun})
async def rerun_run(number: FromPath[int], desk: NamedDependency[CallersDesk], runs: NamedDependency[Runs]) -> RunShown:
    """Run the commit of a run again, on the same branch: a new run with a number of its own."""
    return shown(await rerun(desk, runs, runs.get(number)))


@post("/api/v1/runs/{number:int}/cancel", status_code=200, opt={"gives": CancelRun})
async def cancel_run(
    number: FromPath[int],
    data: JSONBody[CancelRequest],
    who: NamedDependency[Who],
    desk: NamedDependency[CallersDesk],
    runs: NamedDependency[Runs],
) -> RunShown:
    """Stop a run and everything it started."""
    runs.get(number)
    await desk.submit(stream("run", number), CancelRun(reason=data.reason or f"asked by {who.actor}"))
    return shown(runs.get(number))


@get("/api/v1/runs/{number:int}/tasks/{task:str}/log")
async def get_log(  # noqa: PLR0913, PLR0917  (an address of two parts and three questions)
    number: FromPath[int],
    task: FromPath[str],
    runs: NamedDependency[Runs],
    logs: TheLogs,
    first: FromQuery[int] = 1,
    count: FromQuery[int] = 1000,
    plain: FromQuery[bool] = False,
) -> LogShown:
    """Lines from line `first`, counted from 1, or from the end when it is negative; `plain` without colours."""
    run, seen = _task(runs, number, task)
    try:
        window = await logs.window(run, seen.name, first=first, count=_within(count, MOST_LINES, "count"))
    except NotFound:
        window = LogWindow(lines=(), total_lines=0, size_bytes=0)
    return LogShown(
        lines=_plain(window.lines) if plain else window.lines,
        total_lines=window.total_lines,
        size_bytes=window.size_bytes,
        ended=seen.has_ended,
    )


@get("/api/v1/runs/{number:int}/tasks/{task:str}/log/search")
async def search_log(  # noqa: PLR0913, PLR0917  (an address of two parts and a search)
    number: FromPath[int],
    task: FromPath[str],
    runs: NamedDependency[Runs],
    logs: TheLogs,
    text: FromQuery[str],
    after: FromQuery[int] = 0,
    limit: FromQuery[int] = 100,
) -> MatchesShown:
    """The next lines after line `after` that hold the text."""
    if not text or after < 0:
        raise Invalid("Say what to look for: text=… and, for the next lines, after=LINE.")
    run, seen = _task(runs, number, task)
    most = _within(limit, MOST_MATCHES, "limit")
    found = await logs.search(run, seen.name, text=text, after=after, limit=most)
    return MatchesShown(lines=found.lines, has_more=found.has_more)


@get("/api/v1/runs/{number:int}/tasks/{task:str}/log/raw")
async def raw_log(  # noqa: PLR0913, PLR0917  (an address of two parts and a range)
    number: FromPath[int],
    task: FromPath[str],
    runs: NamedDependency[Runs],
    logs: TheLogs,
    offset: FromQuery[int] = 0,
    follow: FromQuery[bool] = False,
) -> Stream:
    """The log's bytes as they were printed, from an offset; with `follow` until the task has ended."""
    run, seen = _task(runs, number, task)
    start = max(0, offset)

    def is_over() -> bool:
        return not follow or run != number or runs.get(number).task(task).has_ended or runs.get(number).has_ended

    async def pieces() -> AsyncIterator[bytes]:
        async for _, piece in logs.tail(run, seen.name, offset=start, ended=is_over):
            yield piece

    headers = {"X-Content-Type-Options": "nosniff"}
    return Stream(pieces(), media_type="text/plain; charset=utf-8", headers=headers)


def _within(number: int, most: int, name: str) -> int:
    if not 1 <= number <= most:
        raise Invalid(f"{name} is from 1 to {most}.")
    return number


def _task(runs: Runs, number: int, name: str) -> tuple[RunNumber, TaskSeen]:
    """The task, and the run that has its log: a reused task printed in an earlier one."""
    seen = runs.get(number).task(name)
    return seen.reused_from or RunNumber(number), seen


def _plain(lines: tuple[LogLine, ...]) -> tuple[LogLine, ...]:
    return tuple(replace(one, text=readable(one.text)) for one in lines)


def _earlier(runs: Runs, wanted: NewRun) -> RunSeen:
    """The newest run of the commit that is meant. Errors: Invalid, NotFound."""
    if len(wanted.commit) < _SHORTEST_COMMIT:
        raise Invalid(f"Give at least {_SHORTEST_COMMIT} digits of the commit.")
    found = [run for run in runs.of_repository(wanted.repository) if run.commit.startswith(wanted.commit)]
    if not found:
        raise NotFound(
            f"No run of {wanted.repository} is of a commit {wanted.commit[:40]}. Push it, and it will be run: git push"
        )
    if len({run.commit for run in found}) > 1:
        raise Invalid(f"Several commits begin with {wanted.commit}. Give more digits.")
    return found[0]


HANDLERS = (list_runs, list_trunks, get_run, run_again, rerun_run, cancel_run, get_log, search_log, raw_log)
