"""Lead times of commits and of deployments in a window: each value, and each commit that has none, with the reason."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, groupby, islice
from operator import ne, sub
from statistics import fmean
from typing import Literal

from andon.tools.measurement.model.deployments import REDEPLOY, UNSUCCESSFUL
from andon.tools.measurement.model.followed import Scene
from andon.tools.measurement.model.lead_time import AFTER_UNKNOWN, FIRST, MERGE, NEW, STEP, UNKNOWN, Attribution
from andon.tools.measurement.model.metric import Evidence, Exclusion
from andon.tools.measurement.model.rows import commit_rows, deployment_rows
from andon.tools.measurement.model.sample import Sample

#: why commits of this fate have no lead time
FATES = {
    FIRST: "seed: the first deployment of a place has nothing before it, so nobody knows what was new in it",
    AFTER_UNKNOWN: "the deployment before is of an unknown commit and may have brought these already",
    STEP: "a step to an earlier revision brings nothing new",
    MERGE: "merge commits: what they join counts by itself",
}
SKEW = "clock skew: the commit is dated after the deployment that brought it"
UNSUCCESSFUL_WHY = "unsuccessful: it changed nothing for the people who use the service"
REDEPLOY_WHY = "redeploy: the same revision was there already"
UNKNOWN_WHY = "commit not known: nobody told what is in it"
CUT_WHY = "history is cut: commits behind this one were never told"


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
    #: when that was done, in seconds since 1970
    times: array[float]
    #: seconds from commit to deployment
    values: array[float]

    def only(self, chosen: Sequence[bool]) -> _Picked:
        """Those that are chosen."""
        return _Picked(
            entries=array("i", compress(self.entries, chosen)),
            by=array("i", compress(self.by, chosen)),
            times=array("d", compress(self.times, chosen)),
            values=array("d", compress(self.values, chosen)),
        )


def commit_leads(scene: Scene, brought: Attribution, start: Literal["committed", "authored"], *, merges: bool) -> Leads:
    """From each commit to the deployment that brought it."""
    counted, skewed = _picked(scene, brought, start, merges=merges)
    return Leads(
        things="commits",
        sample=Sample(values=counted.values, times=counted.times, independent=_runs(counted.by)),
        counted=commit_rows(scene, brought, counted.entries, values=counted.values),
        excluded=tuple(_left_out(scene, brought, skewed, merges=merges)),
    )


def deployment_leads(
    scene: Scene, brought: Attribution, start: Literal["committed", "authored"], *, merges: bool
) -> Leads:
    """The mean of each deployment's commits."""
    counted, skewed = _picked(scene, brought, start, merges=merges)
    numbers, means = array("i"), array("d")
    for number, group in groupby(zip(counted.by, counted.values, strict=True), key=lambda pair: pair[0]):
        numbers.append(number)
        means.append(fmean(value for _, value in group))
    return Leads(
        things="deployments",
        sample=Sample(values=means, times=array("d", map(scene.judged.finished.__getitem__, numbers))),
        counted=deployment_rows(scene, numbers, "mean of its commits", means),
        excluded=tuple(_left_out(scene, brought, skewed, merges=merges)),
    )


def _picked(
    scene: Scene, brought: Attribution, start: Literal["committed", "authored"], *, merges: bool
) -> tuple[_Picked, Sequence[int]]:
    """Those that count, and the entries of those that are dated after their deployment."""
    window = brought.entries(scene.span)
    chosen = _chosen(brought, window, *((NEW, MERGE) if merges else (NEW,)))
    entries: Sequence[int] = window
    by = brought.by[window.start : window.stop]
    if not all(chosen):
        entries, by = array("i", compress(window, chosen)), array("i", compress(by, chosen))
    times = array("d", map(scene.judged.finished.__getitem__, by))
    values = array("d", map(sub, times, _begins(brought, entries, start)))
    found = _Picked(entries=entries, by=by, times=times, values=values)
    if not values or min(values) >= 0:
        return found, ()
    return found.only([value >= 0 for value in values]), found.only([value < 0 for value in values]).entries


def _chosen(brought: Attribution, window: range, *fates: int) -> bytearray:
    """For each entry of the window: has it one of these fates?"""
    return _has(brought.fates[window.start : window.stop], *fates)


def _begins(brought: Attribution, entries: Sequence[int], start: Literal["committed", "authored"]) -> Iterable[float]:
    series = [graph.committed if start == "committed" else graph.authored for graph in brought.graphs]
    if len(series) > 1:
        return (series[brought.repositories[entry]][brought.commits[entry]] for entry in entries)
    if isinstance(entries, range):
        return map(series[0].__getitem__, brought.commits[entries.start : entries.stop]) if series else ()
    return map(series[0].__getitem__, map(brought.commits.__getitem__, entries))


def _runs(by: array[int]) -> int:
    """How many deployments they are of."""
    return sum(map(ne, by, islice(by, 1, None))) + 1 if by else 0


def _left_out(scene: Scene, brought: Attribution, skewed: Sequence[int], *, merges: bool) -> Iterator[Exclusion]:
    window = brought.entries(scene.span)
    for fate, reason in FATES.items():
        entries = array("i", compress(window, _chosen(brought, window, fate)))
        if entries and not (merges and fate == MERGE):
            yield Exclusion(reason=reason, rows=commit_rows(scene, brought, entries, reason.partition(":")[0]))
    if skewed:
        yield Exclusion(reason=SKEW, rows=commit_rows(scene, brought, skewed, "clock skew"))
    yield from deployments_left_out(scene, brought)


def deployments_left_out(scene: Scene, brought: Attribution) -> Iterator[Exclusion]:
    """Deployments of the window that no lead time is made of."""
    span = scene.span
    yield from deployments_of(scene, ((REDEPLOY, REDEPLOY_WHY), (UNSUCCESSFUL, UNSUCCESSFUL_WHY)))
    unknown = array("i", compress(span, _has(brought.origins[span.start : span.stop], UNKNOWN)))
    cut = sorted({number for number, _, _ in brought.cuts if number in span})
    for numbers, reason in ((unknown, UNKNOWN_WHY), (cut, CUT_WHY)):
        if numbers:
            yield Exclusion(reason=reason, rows=deployment_rows(scene, numbers))


def deployments_of(scene: Scene, kinds: Iterable[tuple[int, str]]) -> Iterator[Exclusion]:
    """Deployments of the window of some kinds, each with the reason why they do not count."""
    span = scene.span
    for kind, reason in kinds:
        numbers = array("i", compress(span, _has(scene.judged.kinds[span.start : span.stop], kind)))
        if numbers:
            yield Exclusion(reason=reason, rows=deployment_rows(scene, numbers))


def _has(codes: bytearray, *wanted: int) -> bytearray:
    """For each: is it one of the wanted?"""
    return codes.translate(_table(wanted))


@lru_cache(maxsize=64)
def _table(wanted: tuple[int, ...]) -> bytes:
    return bytes(code in wanted for code in range(256))
