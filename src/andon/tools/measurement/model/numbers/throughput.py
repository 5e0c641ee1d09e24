"""DORA's throughput: how long a change takes to the people who use it, and how often changes reach them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise, repeat
from math import ceil, inf
from operator import floordiv, sub

from andon.kernel.words import duration
from andon.tools.measurement.model.metric import Exclusion, Metric
from andon.tools.measurement.model.numbers.deployment_kinds import REDEPLOY, UNSUCCESSFUL
from andon.tools.measurement.model.numbers.distribution import SMALL, count_interval, dispersion, quantile
from andon.tools.measurement.model.numbers.known import DAY_S, days_of, deployed_part, why_not_deployed
from andon.tools.measurement.model.numbers.leads import (
    REDEPLOY_WHY,
    UNSUCCESSFUL_WHY,
    Leads,
    commit_leads,
    deployment_leads,
    deployments_of,
)
from andon.tools.measurement.model.numbers.merge_times import (
    change_leads,
    from_first_commit,
    from_merge,
    in_whole_minutes,
)
from andon.tools.measurement.model.numbers.place_history import QuestionFacts
from andon.tools.measurement.model.numbers.rows import deployment_rows, other_environment_rows
from andon.tools.measurement.model.numbers.sample import MIDDLES, middle, summed
from andon.tools.measurement.model.numbers.trend import LONG_DAYS, Trend, TrendPoint, edges, marks, weeks
from andon.tools.measurement.model.numbers.wording import (
    CYCLE_CHANGES_WORDS,
    CYCLE_COMMITS_WORDS,
    counted,
    frequency_words,
    lead_words,
)

NO_CHANGES = (
    "No changes (pull or merge requests) of this repository are known, and this definition counts them: connect the "
    "place where they are reviewed, or choose a definition that counts commits."
)


def change_lead_time(case: QuestionFacts) -> tuple[Metric, Trend]:
    """From a commit, or a change, to the deployment that brought it."""
    by = case.definition
    found = _leads(case)
    notes = (NO_CHANGES,) if by.lead_of == "changes" and not case.has_changes else ()
    return _timed(case, ("change-lead-time", "Change lead time", lead_words(by)), found, by.middle, notes)


def cycle_time(case: QuestionFacts) -> tuple[Metric, Trend]:
    """From the first commit of a change, as authored, to its deployment; of commits where no changes are known."""
    if case.has_changes:
        found, words = change_leads(case, case.firsts, from_first_commit), CYCLE_CHANGES_WORDS
    else:
        found, words = commit_leads(case, case.firsts, "authored", merges=False), CYCLE_COMMITS_WORDS
    return _timed(case, ("cycle-time", "Cycle time", words), found, "median", ())


def _leads(case: QuestionFacts) -> Leads:
    by, brought = case.definition, case.attribution
    if by.lead_of == "changes":
        own = in_whole_minutes if by.whole_minutes else from_first_commit
        return change_leads(case, brought, from_merge if by.lead_from == "merged" else own)
    make = commit_leads if by.lead_of == "commits" else deployment_leads
    return make(case, brought, "authored" if by.lead_from == "authored" else "committed", merges=by.merges)


def _timed(
    case: QuestionFacts, called: tuple[str, str, str], found: Leads, how: str, notes: tuple[str, ...]
) -> tuple[Metric, Trend]:
    one, points = summed(found.sample, case.window, how, found.things)
    metric = Metric(
        id=called[0],
        title=called[1],
        unit="seconds",
        value=one.value,
        definition=called[2],
        sample=found.things,
        n=len(found.sample.values),
        low=one.low,
        high=one.high,
        spread=one.spread,
        counted=found.counted,
        excluded=found.excluded,
        notes=(*one.notes, *notes),
    )
    return metric, Trend(metric=metric.id, unit="seconds", points=points)


def deployment_frequency(case: QuestionFacts) -> tuple[Metric, Trend]:
    """How often what runs is changed."""
    numbers, by = case.changing, case.definition
    if by.frequency == "days a week":
        return _days_a_week(case)
    parts = tuple(_a_day(case, numbers))
    known = deployed_part(case)
    days = days_of(known, case.window) if known else None
    whole = by.frequency == "whole per day"
    value = len(numbers) / days if days and not _is_alone(case, numbers) else None
    low, high = count_interval(len(numbers), dispersion([part.n for part in parts[1:-1]]))
    metric = Metric(
        id="deployment-frequency",
        title="Deployment frequency",
        unit="per day",
        value=float(int(value)) if value is not None and whole else value,
        definition=frequency_words(by),
        sample="deployments",
        n=len(numbers),
        # a number that is cut lies outside of what its deployments say
        low=low / days if days and value is not None and not whole else None,
        high=high / days if days and value is not None and not whole else None,
        counted=deployment_rows(case, numbers),
        excluded=tuple(_not_changing(case)),
        notes=_rhythm(case, numbers),
    )
    return metric, Trend(metric=metric.id, unit="per day", points=parts)


def _days_a_week(case: QuestionFacts) -> tuple[Metric, Trend]:
    numbers, by = case.changing, case.definition
    counts = Counter(_week(day) for day in _days(case, numbers))
    known = deployed_part(case)
    cuts = weeks(known) if known else ()
    days = [counts[_week(int(cut.timestamp() // DAY_S))] for cut in cuts]
    one = middle(sorted(map(float, days)), len(days), by.middle, "weeks")
    metric = Metric(
        id="deployment-frequency",
        title="Deployment days a week",
        unit="count",
        value=one.value,
        definition=frequency_words(by),
        sample="weeks",
        n=len(days),
        low=one.low,
        high=one.high,
        spread=one.spread,
        counted=deployment_rows(case, numbers),
        excluded=tuple(_not_changing(case)),
        notes=(*one.notes, *_rhythm(case, numbers)),
    )
    return metric, Trend(metric=metric.id, unit="count", points=tuple(_by_part(case, cuts, days)))


def _by_part(case: QuestionFacts, cuts: Sequence[datetime], days: Sequence[int]) -> Iterator[TrendPoint]:
    """Each week, or the middle of the weeks of each month or year."""
    if case.window.days <= LONG_DAYS:
        yield from (TrendPoint(begin=cut, value=float(n), n=n) for cut, n in zip(cuts, days, strict=True))
        return
    for begin, end in pairwise(edges(case.window)):
        some = days[bisect_left(cuts, begin) : bisect_left(cuts, end)]
        value = MIDDLES[case.definition.middle](sorted(map(float, some))) if some else None
        yield TrendPoint(begin=begin, value=value, n=sum(some))


def _a_day(case: QuestionFacts, numbers: array[int]) -> Iterator[TrendPoint]:
    finished, known = case.judged.finished, deployed_part(case)
    since = known.begin.timestamp() if known else inf
    at = [bisect_left(numbers, bisect_left(finished, mark)) for mark in marks(case.window)]
    for begin, (first, last), (mark, until) in zip(
        edges(case.window), pairwise(at), pairwise(marks(case.window)), strict=False
    ):
        n, lasted = last - first, max(until - max(mark, since), min(until - mark, DAY_S))
        yield TrendPoint(begin=begin, value=n * DAY_S / lasted if since < until else None, n=n)


def _rhythm(case: QuestionFacts, numbers: Sequence[int]) -> tuple[str, ...]:
    """What a rate alone does not tell."""
    known = deployed_part(case)
    if known is None:
        return (why_not_deployed(case),)
    if _is_alone(case, numbers):
        return (f"No data: the one deployment known here, of {_first_day(case)}, makes no frequency.",)
    notes = []
    if case.deployments[0].finished_at > case.window.begin:
        notes.append(f"The first deployment known here is of {_first_day(case)}; the days before it do not count.")
    if len(numbers) > 1:
        times = array("d", map(case.judged.finished.__getitem__, numbers))
        gap = quantile(sorted(map(sub, islice(times, 1, None), times)), 0.5)
        days = f"{len(_days(case, numbers))} of {counted(ceil(days_of(known, case.window)), 'days')}"
        notes.append(f"Something was deployed on {days}; the median gap is {duration(timedelta(seconds=gap))}.")
    if len(numbers) < SMALL:
        notes.append(f"Small sample: {counted(len(numbers), 'deployments')}; mind the interval.")
    return tuple(notes)


def _is_alone(case: QuestionFacts, numbers: Sequence[int]) -> bool:
    """Is it the only one known, so that nobody can tell how long the next one will take?"""
    return case.known == len(numbers) == 1


def _first_day(case: QuestionFacts) -> str:
    return f"{case.deployments[0].finished_at:%Y-%m-%d}"


def _days(case: QuestionFacts, numbers: Sequence[int]) -> set[float]:
    """The days with one of these deployments, counted from 1970."""
    return set(map(floordiv, map(case.judged.finished.__getitem__, numbers), repeat(DAY_S)))


def _week(day: float) -> int:
    """Weeks begin on Monday, and 1970 began on a Thursday."""
    return int(day + 3) // 7


def _not_changing(case: QuestionFacts) -> Iterator[Exclusion]:
    codes = ((UNSUCCESSFUL, UNSUCCESSFUL_WHY), (REDEPLOY, REDEPLOY_WHY))
    yield from deployments_of(case, codes if case.definition.deployments == "effective" else codes[:1])
    yield from other_environment_rows(case)
