"""The report that a task has ended: how, with the figures of its log and the lines that say why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from andon.kernel.errors import NotFound
from andon.kernel.ids import EffectKey, RunNumber, TaskName
from andon.tools.pipelines.model.failing_lines import TAIL_LINES, failing_lines
from andon.tools.pipelines.model.network import HostContact
from andon.tools.pipelines.model.run import ReportEnded
from andon.tools.pipelines.model.run_state import Outcome, TestCounts
from andon.tools.pipelines.ports import Logs


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEnd:
    """How a task ended."""

    key: EffectKey
    run: RunNumber
    task: TaskName
    outcome: Outcome
    reason: str
    took: timedelta
    tests: TestCounts | None = None
    hosts: tuple[HostContact, ...] = ()


async def report_of(logs: Logs, end: TaskEnd) -> ReportEnded:
    """The report, when nobody writes to the log any more."""
    log = await logs.summary(end.run, end.task)
    return ReportEnded(
        key=end.key,
        task=end.task,
        outcome=end.outcome,
        reason=end.reason,
        took=end.took,
        tests=end.tests,
        log_bytes=log.size_bytes,
        log_lines=log.lines,
        log_digest=log.digest,
        hosts=end.hosts,
        failing_lines=await _failing_lines(logs, end),
    )


async def _failing_lines(logs: Logs, end: TaskEnd) -> tuple[str, ...]:
    if end.outcome not in {"failure", "error"}:
        return ()
    try:
        window = await logs.window(end.run, end.task, first=-TAIL_LINES, count=TAIL_LINES)
    except NotFound:
        return failing_lines(end.tests, ())
    return failing_lines(end.tests, [line.text for line in window.lines])
