"""Lead times of commits and of deployments in a window: each value, and each commit that has none, with the reason."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, groupby
from statistics import fmean

from andon.tools.measurement.model.dates import UNDATED, is_believable
from andon.tools.measurement.model.metric import Evidence, Exclusion
from andon.tools.measurement.model.numbers.deployment_kinds import REDEPLOY, UNSUCCESSFUL
from andon.tools.measurement.model.numbers.lead_time import (
    AFTER_UNKNOWN,
    FIRST,
    MERGE,
    NEW,
    STEP,
    UNKNOWN,
    Attribution,
    Start,
)
from andon.tools.measurement.model.numbers.place_history import QuestionFacts
from andon.tools.measurement.model.numbers.rows import commit_rows, deployment_rows
from andon.tools.measurement.model.numbers.sample import Sample

#: why commits of this fate have no lead time
FATES = {
    FIRST: "seed: the first deployment of a place has nothing before it, so what was new in it is unknown",
    AFTER_UNKNOWN: "the deployment before is of an unknown commit and may have brought these already",
    STEP: "a step to an earlier revision brings nothing new",
    MERGE: "merge commits: what they join counts by itself",
}
UNDATED_WHY = f"{UNDATED}: the commit says that it is from 1970 or earlier, as a clock does that was never set"
SKEW = "clock skew: the commit is dated after the deployment that brought it"
UNSUCCESSFUL_WHY = "unsuccessful: it changed nothing for the people who use the service"
REDEPLOY_WHY = "redeploy: the same revision was there already"
UNKNOWN_WHY = "commit not known: its content was not reported"
CUT_WHY = "history is cut: commits before this one were not reported"


#: entries that are left out, by reason
Odd = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Lead times of one kind of thing."""

    #: "commits"
    things: str
    sample: Sample
    counted: Sequence[Evidence]
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picked:
    """Some commits of a window, in the order of their deployments."""

    #: entries of the attribution
    entries: Sequence[int]
    #: number of the deployment of each
    by: array[int]
    #: seconds from commit to deployment
    values: array[float]

    def only(self, chosen: Sequence[object]) -> _Picked:
        """Those that are chosen."""
        return _Picked(
            entries=array("i", compress(self.entries, chosen)),
            by=array("i", compress(self.by, chosen)),
            values=array("d", compress(self.values, chosen)),
        )


def commit_leads(case: QuestionFacts, brought: Attribution, start: Start, *, merges: bool) -> Leads:
    """From each commit to the deployment that brought it."""
    counted, odd = _picked(case, brought, start, merges=merges)
    return Leads(
        things="commits",
        sample=Sample(values=counted.values, times=case.judged.finished, by=counted.by, independent=_runs(counted.by)),
        counted=commit_rows(case, brought, counted.entries, values=counted.values),
        excluded=tuple(_left_out(case, brought, odd, merges=merges)),
    )


def deployment_leads(case: QuestionFacts, brought: Attribution, start: Start, *, merges: bool) -> Leads:
    """The mean of each deployment's commits."""
    counted, odd = _picked(case, brought, start, merges=merges)
    numbers, means = array("i"), array("d")
    for number, group in groupby(zip(counted.by, counted.values, strict=True), key=lambda pair: pair[0]):
        numbers.append(number)
        means.append(fmean(value for _, value in group))
    return Leads(
        things="deployments",
        sample=Sample(values=means, times=case.judged.finished, by=numbers),
        counted=deployment_rows(case, numbers, "mean of its commits", means),
        excluded=tuple(_left_out(case, brought, odd, merges=merges)),
    )


def _picked(case: QuestionFacts, brought: Attribution, start: Start, *, merges: bool) -> tuple[_Picked, Odd]:
    """Those that count, and the entries of those with a date that cannot be, by reason."""
    window = brought.entries(case.span)
    chosen = _chosen(brought, window, *((NEW, MERGE) if merges else (NEW,)))
    part = slice(window.start, window.stop)
    found = _Picked(entries=window, by=brought.by[part], values=brought.since[start][part])
    if not all(chosen):
        found = found.only(chosen)
    if not brought.is_odd(window, start):
        return found, {}
    finished = case.judged.finished
    skewed = [value < 0 for value in found.values]
    undated = [
        not is_believable(finished[number] - value) for number, value in zip(found.by, found.values, strict=True)
    ]
    sane = [not one and not other for one, other in zip(skewed, undated, strict=True)]
    return found.only(sane), {SKEW: found.only(skewed).entries, UNDATED_WHY: found.only(undated).entries}


def _chosen(brought: Attribution, window: range, *fates: int) -> bytearray:
    """For each entry of the window: has it one of these fates?"""
    return _has(brought.fates[window.start : window.stop], *fates)


def _runs(by: array[int]) -> int:
    """How many deployments they are of."""
    return len(set(by))


def _left_out(case: QuestionFacts, brought: Attribution, odd: Odd, *, merges: bool) -> Iterator[Exclusion]:
    window = brought.entries(case.span)
    for fate, reason in FATES.items():
        if brought.fates.find(fate, window.start, window.stop) >= 0 and not (merges and fate == MERGE):
            entries = array("i", compress(window, _chosen(brought, window, fate)))
            yield Exclusion(reason=reason, rows=commit_rows(case, brought, entries, reason.partition(":")[0]))
    for reason, some in odd.items():
        if some:
            yield Exclusion(reason=reason, rows=commit_rows(case, brought, some, reason.partition(":")[0]))
    yield from deployments_left_out(case, brought)


def deployments_left_out(case: QuestionFacts, brought: Attribution) -> Iterator[Exclusion]:
    """Deployments of the window that no lead time is made of."""
    span = case.span
    yield from deployments_of(case, ((REDEPLOY, REDEPLOY_WHY), (UNSUCCESSFUL, UNSUCCESSFUL_WHY)))
    unknown = array("i", compress(span, _has(brought.origins[span.start : span.stop], UNKNOWN)))
    cut = sorted({number for number, _, _ in brought.cuts if number in span})
    for numbers, reason in ((unknown, UNKNOWN_WHY), (cut, CUT_WHY)):
        if numbers:
            yield Exclusion(reason=reason, rows=deployment_rows(case, numbers))


def deployments_of(case: QuestionFacts, kinds: Iterable[tuple[int, str]]) -> Iterator[Exclusion]:
    """Deployments of the window of some kinds, each with the reason why they do not count."""
    span = case.span
    for kind, reason in kinds:
        if case.judged.kinds.find(kind, span.start, span.stop) >= 0:
            numbers = array("i", compress(span, _has(case.judged.kinds[span.start : span.stop], kind)))
            yield Exclusion(reason=reason, rows=deployment_rows(case, numbers))


def _has(codes: bytearray, *wanted: int) -> bytearray:
    """For each: is it one of the wanted?"""
    return codes.translate(_table(wanted))


@lru_cache(maxsize=64)
def _table(wanted: tuple[int, ...]) -> bytes:
    return bytes(code in wanted for code in range(256))
