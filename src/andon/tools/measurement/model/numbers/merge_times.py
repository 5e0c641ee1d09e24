"""How long a merged change took: to write, to be looked at, to be reviewed, to be deployed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from andon.kernel.ids import short
from andon.tools.measurement.model.dates import UNDATED, is_believable
from andon.tools.measurement.model.facts import Change, FactId
from andon.tools.measurement.model.metric import Evidence, Exclusion
from andon.tools.measurement.model.numbers.lead_time import Attribution
from andon.tools.measurement.model.numbers.leads import FATES, Leads
from andon.tools.measurement.model.numbers.place_history import QuestionFacts
from andon.tools.measurement.model.numbers.rows import Rows, deployment_name
from andon.tools.measurement.model.numbers.sample import Sample

NOT_YET = "merged and not deployed here yet"
UNTOLD = "merged by a commit that was not reported"
UNDATED_WHY = f"{UNDATED}: it begins in 1970 or earlier, as with a clock that was never set"
SKEW = "clock skew: it begins after the deployment that brought it"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeTimes:
    """The parts of a change's way; None where a part is not known or would be negative.

    Source: Apache DevLake, project_pr_metrics.
    """

    change: Change
    #: number of the deployment that brought it; None when none did
    deployment: int | None
    #: first commit as authored to opened
    coding: timedelta | None
    #: opened to the first review by somebody else
    pickup: timedelta | None
    #: first review to merged
    review: timedelta | None
    #: merged to deployed
    deploy: timedelta | None
    #: coding, opened to merged, and deploy, as far as they are known
    cycle: timedelta | None


def merge_times(change: Change, deployment: int | None = None, deployed: datetime | None = None) -> MergeTimes:
    """The parts, to the microsecond; `minutes` rounds them as DevLake does."""
    coding = _between(change.first_commit_at, change.opened_at)
    open_for = _between(change.opened_at, change.merged_at)
    deploy = _between(change.merged_at, deployed)
    known = [part for part in (coding, open_for, deploy) if part is not None]
    return MergeTimes(
        change=change,
        deployment=deployment,
        coding=coding,
        pickup=_between(change.opened_at, change.first_review_at),
        review=_between(change.first_review_at, change.merged_at),
        deploy=deploy,
        cycle=sum(known, timedelta()) if change.merged_at and known else None,
    )


def minutes(part: timedelta | None) -> int | None:
    """Whole minutes, rounded up."""
    return None if part is None else ceil(part.total_seconds() / 60)


def cycle_minutes(times: MergeTimes) -> int | None:
    """The cycle as the sum of parts that are rounded up one by one."""
    change = times.change
    parts = (times.coding, _between(change.opened_at, change.merged_at), times.deploy)
    known = [minutes(part) or 0 for part in parts if part is not None]
    return sum(known) if change.merged_at and known else None


def deployed_changes(case: QuestionFacts, brought: Attribution) -> Iterator[tuple[Change, int]]:
    """Merged changes with the number of the first deployment that has them, in the order of deployments."""
    wanted: dict[tuple[int, int], list[Change]] = {}
    for change in case.changes:
        landing = _landing(case, brought, change)
        if landing:
            wanted.setdefault(landing, []).append(change)
    last = brought.entries(range(case.known)).stop
    brought_by = zip(brought.repositories[:last], brought.commits[:last], brought.by[:last], strict=True)
    for repository, commit, by in brought_by if wanted else ():
        for change in wanted.pop((repository, commit), ()):
            yield change, by


def from_merge(change: Change, finished: float) -> float | None:
    """Seconds from the merge to the deployment."""
    return finished - change.merged_at.timestamp() if change.merged_at else None


def from_first_commit(change: Change, finished: float) -> float | None:
    """Seconds from the first commit, or the opening, to the deployment."""
    return finished - (change.first_commit_at or change.opened_at).timestamp()


def in_whole_minutes(change: Change, finished: float) -> float | None:
    """Seconds of the cycle whose parts are rounded up to minutes."""
    cycle = cycle_minutes(merge_times(change, deployed=datetime.fromtimestamp(finished, UTC)))
    return None if cycle is None else cycle * 60.0


def change_leads(case: QuestionFacts, brought: Attribution, value_of: Callable[[Change, float], float | None]) -> Leads:
    """From a change's beginning to the deployment that brought it."""
    values, times = array("d"), array("d")
    counted: list[tuple[Change, int]] = []
    left_out: dict[str, list[tuple[Change, int]]] = {}
    landed = tuple(deployed_changes(case, brought))
    for change, number in landed:
        if number not in case.span:
            continue
        value = value_of(change, case.judged.finished[number])
        reason = FATES.get(brought.origins[number], "") or _odd(change, value)
        if reason or value is None:
            left_out.setdefault(reason, []).append((change, number))
            continue
        values.append(value)
        times.append(case.judged.finished[number])
        counted.append((change, number))
    excluded = [Exclusion(reason=reason, rows=_rows(case, some)) for reason, some in left_out.items()]
    return Leads(
        things="changes",
        sample=Sample(values=values, times=times, independent=len({number for _, number in counted})),
        counted=_rows(case, counted, values),
        excluded=(*excluded, *_waiting(case, brought, {change.id for change, _ in landed})),
    )


def _odd(change: Change, value: float | None) -> str:
    """Why a change's dates cannot be; "" when they can."""
    dates = (change.first_commit_at, change.opened_at, change.merged_at)
    if not all(is_believable(at.timestamp()) for at in dates if at):
        return UNDATED_WHY
    return SKEW if value is None or value < 0 else ""


def _waiting(case: QuestionFacts, brought: Attribution, here: set[FactId]) -> Iterator[Exclusion]:
    """Changes that were merged in the window and did not come here."""
    left = [one for one in case.changes if one.id not in here and one.merged_at and case.window.holds(one.merged_at)]
    ours = [one for one in left if case.has(one.repository)]
    known = [one for one in ours if _landing(case, brought, one)]
    strange = [one for one in ours if not _landing(case, brought, one)]
    for reason, some in ((NOT_YET, known), (UNTOLD, strange)):
        if some:
            yield Exclusion(reason=reason, rows=_rows(case, [(change, -1) for change in some]))


def _landing(case: QuestionFacts, brought: Attribution, change: Change) -> tuple[int, int] | None:
    """The number of the repository and of the commit by which the change landed."""
    commit = change.merge_commit or change.head
    repository = brought.graph(change.repository)
    if commit is None or repository is None or not case.has(change.repository):
        return None
    number = brought.graphs[repository].number(commit)
    return None if number is None else (repository, number)


def _rows(case: QuestionFacts, some: Sequence[tuple[Change, int]], values: Sequence[float] | None = None) -> Rows:
    def make(at: int) -> Evidence:
        change, number = some[at]
        return Evidence(
            fact=change.id,
            name=change.title or short(change.merge_commit or change.head or "") or change.id,
            commit=change.merge_commit or change.head,
            at=change.merged_at or change.opened_at,
            value=None if values is None else values[at],
            why=f"deployed by {deployment_name(case.deployments[number])}" if number >= 0 else "",
            link=change.link,
        )

    return Rows(len(some), make)


def _between(begin: datetime | None, end: datetime | None) -> timedelta | None:
    return end - begin if begin and end and end >= begin else None
