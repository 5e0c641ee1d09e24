"""How soon a failure is over, and how long it is until the next one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from andon.kernel.words import duration
from andon.tools.measurement.model.facts import Incident
from andon.tools.measurement.model.metric import Evidence, Exclusion, Metric
from andon.tools.measurement.model.numbers.causes import Case, Failure, unknown_notes
from andon.tools.measurement.model.numbers.distribution import count_interval, quantile
from andon.tools.measurement.model.numbers.known import NOT_YET, observed_part
from andon.tools.measurement.model.numbers.rows import deployment_rows, incident_rows
from andon.tools.measurement.model.numbers.sample import Sample, summed
from andon.tools.measurement.model.numbers.trend import Trend, TrendPoint, edges
from andon.tools.measurement.model.numbers.wording import BETWEEN_WORDS, recovery_words

STILL = "not over yet, or its end was not reported"


def failed_deployment_recovery_time(case: Case) -> tuple[Metric, Trend]:
    """From a failure to working again."""
    of_incidents = case.definition.recovery in {"incident", "from the earlier"}
    sample, counted, excluded, notes = _of_incidents(case) if of_incidents else _of_deployments(case)
    things = "incidents" if of_incidents else "failed deployments"
    one, shown = summed(sample, case.window, case.definition.middle, things)
    metric = Metric(
        id="failed-deployment-recovery-time",
        title="Failed deployment recovery time",
        unit="seconds",
        value=one.value,
        definition=recovery_words(case.definition),
        sample=things,
        n=len(sample.values),
        low=one.low,
        high=one.high,
        spread=one.spread,
        counted=counted,
        excluded=excluded,
        notes=(*one.notes, *notes),
    )
    return metric, Trend(metric=metric.id, unit="seconds", points=shown)


Parts = tuple[Sample, Sequence[Evidence], tuple[Exclusion, ...], tuple[str, ...]]


def _of_deployments(case: Case) -> Parts:
    failed = {number: one for number, one in case.failures.items() if number in case.span}
    ends = {number: end for number, one in failed.items() if (end := restored_at(case, one)) is not None}
    finished, why = case.judged.finished, {number: one.why for number, one in failed.items()}
    numbers = list(ends)
    sample = Sample(
        values=array("d", (max(end - finished[number], 0.0) for number, end in ends.items())),
        times=array("d", map(finished.__getitem__, numbers)),
    )
    open_ = [number for number in failed if number not in ends]
    excluded = (Exclusion(reason=STILL, rows=deployment_rows(case, open_, why)),) if open_ else ()
    return (
        sample,
        deployment_rows(case, numbers, why, sample.values),
        excluded,
        (*_noticed(case, failed), *unknown_notes(case)),
    )


def restored_at(case: Case, failure: Failure) -> float | None:
    """When it worked again, in seconds since 1970; None while it does not, or nobody knows."""
    by = case.definition.recovery
    mended = [case.judged.finished[link.mender] for link in failure.links if link.mender is not None]
    if by == "to remediation":
        return min(mended, default=None)
    ends = [one.resolved_at if by == "to resolved" else ended(one) for one in failure.incidents]
    known = [end.timestamp() for end in ends if end]
    over = [max(known)] if known and len(known) == len(ends) else []
    return min(over if by == "to resolved" else [*mended, *over], default=None)


def _noticed(case: Case, failed: dict[int, Failure]) -> Iterator[str]:
    """How long it took until anybody knew."""
    waits = sorted(
        max((one.detected_at - case.deployments[number].finished_at).total_seconds(), 0.0)
        for number, failure in failed.items()
        for one in failure.incidents
    )
    if waits:
        yield f"Until it was noticed: {duration(timedelta(seconds=quantile(waits, 0.5)))} (median of {len(waits)})."


def _of_incidents(case: Case) -> Parts:
    begun = [one for one in case.incidents if case.window.holds(one.detected_at)]
    over = [one for one in begun if one.resolved_at]
    begins = _begins(case) if case.definition.recovery == "from the earlier" else {}
    values = array("d", (_lasted(one, begins.get(one.id, one.detected_at)) for one in over))
    sample = Sample(values=values, times=array("d", (one.detected_at.timestamp() for one in over)))
    still = [one for one in begun if not one.resolved_at]
    excluded = (Exclusion(reason=STILL, rows=incident_rows(still)),) if still else ()
    return sample, incident_rows(over, values=values), excluded, ()


def _begins(case: Case) -> dict[str, datetime]:
    """By incident: when the deployment that it is held against was done, where that is earlier."""
    return {
        one.id: min(one.detected_at, case.deployments[number].finished_at)
        for number, failure in case.failures.items()
        for one in failure.incidents
    }


def _lasted(incident: Incident, begin: datetime) -> float:
    return max((incident.resolved_at - begin).total_seconds(), 0.0) if incident.resolved_at else 0.0


def ended(incident: Incident) -> datetime | None:
    """When the harm was over."""
    return incident.mitigated_at or incident.resolved_at


def mean_time_between_failures(case: Case) -> tuple[Metric, Trend]:
    """How long it works between two incidents."""
    window = case.window
    begun = [one for one in case.incidents if window.holds(one.detected_at)]
    known, n = observed_part(case), len(begun)
    up = up_seconds(case.incidents, known.begin, known.end) if known else 0.0
    low, high = count_interval(n)
    metric = Metric(
        id="mean-time-between-failures",
        title="Mean time between failures",
        unit="seconds",
        value=up / n if n else None,
        definition=BETWEEN_WORDS,
        sample="incidents",
        n=n,
        low=up / high if n else None,
        high=up / low if n and low else None,
        counted=incident_rows(begun),
        notes=_between_notes(case, up, n),
    )
    shown = tuple(_between(case.incidents, edges(window), known.begin if known else window.begin))
    return metric, Trend(metric=metric.id, unit="seconds", points=shown)


def _between_notes(case: Case, up: float, n: int) -> tuple[str, ...]:
    if n:
        return ("Small sample: one incident.",) if n == 1 else ()
    if case.window.days <= 0:
        return (NOT_YET,)
    if not case.tells_incidents:
        return (
            "No data: no incident of this service was reported. Connect the tool that has them: andon connect --help",
        )
    if not up:
        return ("No data: all that is known of this place is later, or an incident lasted all the time.",)
    # none in a time T: with 95 % confidence there is at most one in T / 3 (Hanley and Lippman-Hand 1983)
    least = duration(timedelta(seconds=up / 3))
    return (f"No incident began in this time: with 95 % confidence the mean is more than {least}.",)


def _between(incidents: Sequence[Incident], cuts: Sequence[datetime], known: datetime) -> Iterator[TrendPoint]:
    for begin, end in pairwise(cuts):
        n = sum(begin <= one.detected_at < end for one in incidents)
        yield TrendPoint(begin=begin, value=up_seconds(incidents, max(begin, known), end) / n if n else None, n=n)


def up_seconds(incidents: Iterable[Incident], begin: datetime, end: datetime) -> float:
    """How much of a time none of the incidents, oldest first, lasted."""
    down, until = timedelta(), begin
    for one in incidents:
        over, begun = min(ended(one) or end, end), max(one.detected_at, until)
        if over > begun:
            down += over - begun
            until = over
    return (end - begin - down).total_seconds()
