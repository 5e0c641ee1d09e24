"""Percent complete and accurate: how much of what a step gave on was not sent back.

Source: lean value stream mapping, %C&A; the product along the way is the share that goes through at the first time.
What is sent back is counted where it was noticed, for nobody measures where it was made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import prod

from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.facts import FactId, Publication, Run, TaskTime
from andon.tools.measurement.model.metric import Evidence, Window
from andon.tools.measurement.model.numbers.causes import Case
from andon.tools.measurement.model.numbers.deployment_kinds import EFFECTIVE, UNSUCCESSFUL
from andon.tools.measurement.model.numbers.rows import deployment_row
from andon.tools.measurement.model.numbers.stability import remediations

#: of each box; how many there are in all stands beside them
EXAMPLES = 10
REVERT = 'Revert "'
NO_REASON = "no reason reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Of one step."""

    #: 0 to 1
    share: float
    n: int
    sent_back: int
    #: the newest of what was sent back, at most EXAMPLES
    examples: tuple[Evidence, ...]


def accuracy(n: int, sent_back: Sequence[Evidence]) -> Accuracy | None:
    """None when nothing was given on: that is not 100 %."""
    if not n:
        return None
    newest = sorted(sent_back, key=lambda row: row.at, reverse=True)[:EXAMPLES]
    return Accuracy(share=1 - len(sent_back) / n, n=n, sent_back=len(sent_back), examples=tuple(newest))


def rolled(steps: Iterable[Accuracy | None]) -> float | None:
    """The share that goes through every measured step at the first time; None when none is measured."""
    shares = [step.share for step in steps if step is not None]
    return prod(shares) if shares else None


def of_tasks(runs: Sequence[Run], rerun: frozenset[FactId]) -> Mapping[str, Accuracy | None]:
    """By the task's name, of the runs of a window: failed, or was green and done again all the same."""
    counts: Counter[str] = Counter()
    back: dict[str, list[Evidence]] = defaultdict(list)
    for run in runs:
        is_again = run.id in rerun
        for task in run.tasks:
            counts[task.name] += task.outcome != "cancel"
            if is_again or task.outcome in {"failure", "error"}:
                back[task.name].append(_task_row(run, task))
    return {name: accuracy(count, back[name]) for name, count in counts.items()}


def of_runs(runs: Sequence[Run], rerun: frozenset[FactId]) -> Accuracy | None:
    """The same of whole runs, where their tasks are not known."""
    verdicts = [run for run in runs if run.outcome not in {None, "cancel"}]
    back = [_run_row(run) for run in verdicts if run.outcome != "success" or run.id in rerun]
    return accuracy(len(verdicts), back)


def reruns(runs: Iterable[Run]) -> frozenset[FactId]:
    """Green runs of which there was a later attempt: somebody did not take their word."""
    newest: dict[tuple[str, str, str], Run] = {}
    again: set[FactId] = set()
    for run in sorted(runs, key=lambda run: (run.attempt, run.queued_at)):
        before = newest.get((run.repository, run.commit, run.pipeline))
        if before is not None and before.outcome == "success" and run.attempt > before.attempt:
            again.add(before.id)
        newest[run.repository, run.commit, run.pipeline] = run
    return frozenset(again)


def of_publications(published: Sequence[Publication]) -> Accuracy | None:
    """Built once is right; the same commit under another digest was built again."""
    first: dict[tuple[str, str], str] = {}
    back: list[Evidence] = []
    for one in published:
        if first.setdefault((one.repository, one.commit), one.digest) != one.digest:
            why = f"{one.commit[:10]} was built before, with another result"
            back.append(
                Evidence(fact=one.id, name=one.version, commit=one.commit, at=one.at, value=1, why=why, link=one.link)
            )
    return accuracy(len(published), back)


def of_place(case: Case) -> Accuracy | None:
    """What was put there, but not to mend something: not taken over, or failed by the question's definition.

    None where nobody would have told of a failure.
    """
    failed, mending, kinds = case.failures, remediations(case), case.judged.kinds
    meant = [
        number
        for number in case.span
        if (EFFECTIVE[kinds[number]] and (number not in mending or number in failed))
        or (kinds[number] == UNSUCCESSFUL and case.deployments[number].outcome != "cancel")
    ]
    back = [
        deployment_row(one, failed[number].why if number in failed else f"{one.outcome}: {one.reason or NO_REASON}", 1)
        for number in meant
        if number in failed or kinds[number] == UNSUCCESSFUL
        for one in (case.deployments[number],)
    ]
    return accuracy(len(meant), back) if back or case.tells_failures else None


def of_commits(graph: CommitGraph, window: Window) -> Accuracy | None:
    """Written, landed, and taken out again: told by the message that git itself writes. None without messages."""
    begin, end = window.begin.timestamp(), window.end.timestamp()
    inside = [n for n in range(len(graph)) if graph.is_told(n) and begin <= graph.committed[n] < end]
    meant = [
        n for n in inside if graph.subjects[n] and not graph.is_merge(n) and not graph.subjects[n].startswith(REVERT)
    ]
    by_subject = {graph.subjects[n]: n for n in meant}
    back: list[Evidence] = []
    for number in inside:
        subject = graph.subjects[number]
        reverted = by_subject.pop(subject[len(REVERT) : -1], None) if subject.startswith(REVERT) else None
        if reverted is not None:
            at = datetime.fromtimestamp(graph.committed[number], UTC)
            name, why = graph.subjects[reverted], f"inferred: {graph.ids[number][:10]} says that it reverts it"
            back.append(Evidence(fact=FactId(""), name=name, commit=graph.ids[reverted], at=at, value=1, why=why))
    return accuracy(len(meant), back)


def _task_row(run: Run, task: TaskTime) -> Evidence:
    why = f"{task.name} ended in {task.outcome}" if task.outcome != "success" else "green, and run again all the same"
    name = f"{task.name} of {run.commit[:10]}"
    return Evidence(fact=run.id, name=name, commit=run.commit, at=task.finished_at, value=1, why=why, link=run.link)


def _run_row(run: Run) -> Evidence:
    why = f"ended in {run.outcome}" if run.outcome != "success" else "green, and run again all the same"
    at = run.finished_at or run.queued_at
    return Evidence(fact=run.id, name=run.commit[:10], commit=run.commit, at=at, value=1, why=why, link=run.link)
