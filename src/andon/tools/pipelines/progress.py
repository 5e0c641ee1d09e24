"""A run as lines of text for someone who waits for it: after `git push`, and with `andon run`. Pure.

Each line is written once and never changed, because a pusher's terminal can't go back.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import timedelta

from andon.kernel.ids import short
from andon.kernel.words import duration, plural
from andon.tools.pipelines.events import PipelineRead, RunFinished, RunQueued, TaskFinished, TaskReused, TestCounts
from andon.tools.pipelines.task_seen import TaskSeen
from andon.tools.pipelines.views import RunSeen, Trunk

#: of a task's name; longer ones push their line to the right
NAME_WIDTH = 12
REASON_WIDTH = 70  #: of the words beside a failure
LAMPS = {"success": "✓", "failure": "✗", "error": "✗", "cancel": "–", "skip": "–"}
#: test names, and hosts, that are listed below a red task
MOST_NAMES = 5


def lines_for(happened: object, run: RunSeen, base_url: str = "", trunk: Trunk | None = None) -> tuple[str, ...]:
    """What there is to say when this has happened in the run; nothing for most events.

    `run` is the run with the event folded in; `base_url` of the server, or "" where there is none.
    """
    match happened:
        case RunQueued():
            return (_head(run, trunk),)
        case PipelineRead() if not happened.tasks:
            return ("  nothing to run",)
        case TaskReused() | TaskFinished():
            return tuple(_task_lines(run, run.task(happened.task), base_url))
        case RunFinished():
            return tuple(_end_lines(run, base_url))
        case _:
            return ()


def _head(run: RunSeen, trunk: Trunk | None) -> str:
    lamp = f"  ·  {run.branch}" if not run.trunk else f"  ·  trunk is {trunk.lamp}" if trunk else ""
    return f'andon  {short(run.commit)} "{run.subject}"  ·  {run.repository}{lamp}'


def _task_lines(run: RunSeen, task: TaskSeen, base_url: str) -> Iterable[str]:
    if task.lamp == "reused":
        yield f"  ✓ {task.name:{NAME_WIDTH}} {'':>8}  (unchanged since run {task.reused_from})"
        return
    if task.lamp == "cancel" and task.started_at is None:
        return
    said = "  ".join(part for part in (task.reason, _tests(task.tests)) if part)
    first, *more = wrapped(said)
    yield f"  {LAMPS[task.lamp]} {task.name:{NAME_WIDTH}} {duration(task.took or timedelta(0)):>8}  {first}".rstrip()
    yield from (f"      {line}" for line in more)
    yield from (f"      warning: {warning}" for warning in task.warnings[:MOST_NAMES])
    if task.lamp in {"failure", "error"}:
        yield from (f"      {line}" for line in _why(task, whole=bool(base_url)))
        refused = (f"refused: {host.refused}" for host in task.hosts[:MOST_NAMES] if host.refused)
        yield from (f"      {line}" for sentence in refused for line in wrapped(sentence))
        if base_url:
            yield f"      see: andon log {run.number} {task.name}"


def _why(task: TaskSeen, *, whole: bool) -> Iterable[str]:
    """Names of tests that failed, with what they say or before what the log says; the log only if it is far away."""
    has_messages = task.tests is not None and any(task.tests.messages)
    if task.tests and not has_messages:
        yield from task.tests.failures[:MOST_NAMES]
    if has_messages or whole:
        yield from task.failing_lines[: MOST_NAMES if has_messages else None]


def _tests(tests: TestCounts | None) -> str:
    if tests is None:
        return ""
    parts = [(tests.passed, "passed"), (tests.failed, "failed"), (tests.skipped, "skipped")]
    return ", ".join(f"{number} {word}" for number, word in parts if number) or "no tests"


def _end_lines(run: RunSeen, base_url: str) -> Iterable[str]:
    took = duration(run.took or timedelta(0))
    within = f"{took} of {duration(run.budget)}" if run.budget else took
    if run.budget and run.took and run.took > run.budget:
        within = f"{within}: over its budget"
    if run.lamp != "success" and not any(task.lamp in {"failure", "error"} for task in run.tasks):
        first, *more = run.reason.splitlines() or [""]
        yield f"  {LAMPS[run.lamp]} {first}"
        yield from (f"    {line}" for line in more)
    if run.artifact and base_url:
        yield f"  ✓ {run.artifact.artifact:{NAME_WIDTH}} {'':>8}  {brief(run.artifact.digest)}"
    where = f"{base_url}/runs/{run.number}  " if base_url else ""
    yield f"  {where}{_verdict(run)}  {within}"


def _verdict(run: RunSeen) -> str:
    if run.lamp == "success" and run.warnings:
        return f"green, with {plural(len(run.warnings), 'warning')}"
    return {"success": "green", "cancel": "cancelled", "skip": "skipped"}.get(run.lamp, "red")


def wrapped(text: str) -> list[str]:
    """The whole reason, in lines that fit beside git's "remote: ": what to do stands at its end."""
    lines = (textwrap.wrap(line, REASON_WIDTH, break_on_hyphens=False) for line in text.splitlines())
    return [part for parts in lines for part in parts] or [""]


def brief(digest: str) -> str:
    """A digest that a person can compare: "sha256:9c1f…e0"."""
    return f"{digest[:11]}…{digest[-2:]}"
