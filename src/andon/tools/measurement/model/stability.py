"""DORA's instability, and how soon it is over: failed deployments, recovery, rework, time between failures."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from andon.tools.measurement.model.causes import Failure, failures
from andon.tools.measurement.model.deployments import EFFECTIVE
from andon.tools.measurement.model.distribution import SMALL, wilson
from andon.tools.measurement.model.facts import Incident
from andon.tools.measurement.model.followed import Scene
from andon.tools.measurement.model.metric import Evidence, Exclusion, Metric
from andon.tools.measurement.model.rows import Rows, deployment_rows, fact_row
from andon.tools.measurement.model.sample import Sample, middle, points
from andon.tools.measurement.model.trend import Trend, TrendPoint, edges

REMEDIATION = "remediations: they mend another deployment, so they are held against that one"
STILL = "not recovered yet"


def change_fail_rate(scene: Scene) -> tuple[Metric, Trend]:
    """Failed deployments among those that were meant to change something."""
    failed = failures(scene)
    effective = _effective(scene)
    mending = remediations(scene)
    own = [number for number in effective if number not in mending or number in failed]
    bad = [number for number in own if number in failed]
    inferred = sum(not failed[number].explicit for number in bad)
    low, high = wilson(len(bad), len(own)) or (None, None)
    metric = Metric(
        id="change-fail-rate",
        title="Change fail rate",
        unit="ratio",
        value=len(bad) / len(own) if own else None,
        definition=(
            "Deployments that failed (another one mends them, they were rolled back, or they caused an incident), "
            "divided by all deployments that changed what runs here and are no remediations themselves."
        ),
        sample="deployments",
        n=len(own),
        low=low,
        high=high,
        counted=deployment_rows(scene, bad, {number: failed[number].why for number in bad}),
        excluded=_excluded(scene, REMEDIATION, [number for number in effective if number in mending.keys() - failed]),
        notes=(*_ratio_notes(len(own)), *_inferred_notes(inferred, len(bad))),
    )
    return metric, _ratio_trend(scene, metric.id, bad, own)


def deployment_rework_rate(scene: Scene) -> tuple[Metric, Trend]:
    """Deployments that nobody planned."""
    effective = _effective(scene)
    mending = remediations(scene)
    rework = [number for number in effective if number in mending]
    low, high = wilson(len(rework), len(effective)) or (None, None)
    metric = Metric(
        id="deployment-rework-rate",
        title="Deployment rework rate",
        unit="ratio",
        value=len(rework) / len(effective) if effective else None,
        definition=(
            "Deployments that nobody planned, made to mend another deployment or an incident, divided by all "
            "deployments that changed what runs here."
        ),
        sample="deployments",
        n=len(effective),
        low=low,
        high=high,
        counted=deployment_rows(scene, rework, mending),
        notes=_ratio_notes(len(effective)),
    )
    return metric, _ratio_trend(scene, metric.id, rework, effective)


def failed_deployment_recovery_time(scene: Scene) -> tuple[Metric, Trend]:
    """From a failed deployment to working again."""
    failed = [failure for number, failure in failures(scene).items() if number in scene.span]
    finished = scene.judged.finished
    mended = [(one, end) for one in failed if (end := restored(scene, one)) is not None]
    sample = Sample(
        values=array("d", (max(end - finished[one.deployment], 0.0) for one, end in mended)),
        times=array("d", (finished[one.deployment] for one, _ in mended)),
    )
    how = middle(sample, "median", "failed deployments")
    numbers = [one.deployment for one, _ in mended]
    metric = Metric(
        id="failed-deployment-recovery-time",
        title="Failed deployment recovery time",
        unit="seconds",
        value=how.value,
        definition=(
            "Median time from the end of a failed deployment to the first of: the deployment that mends it is done, "
            "the incidents that it caused are mitigated or resolved."
        ),
        sample="failed deployments",
        n=len(mended),
        low=how.low,
        high=how.high,
        spread=how.spread,
        counted=deployment_rows(scene, numbers, {one.deployment: one.why for one in failed}, sample.values),
        excluded=_excluded(scene, STILL, [one.deployment for one in failed if one.deployment not in set(numbers)]),
        notes=how.notes,
    )
    return metric, Trend(metric=metric.id, unit="seconds", points=points(sample, edges(scene.window), "median"))


def restored(scene: Scene, failure: Failure) -> float | None:
    """When it worked again, in seconds since 1970; None while it does not, or nobody knows."""
    menders = [scene.judged.finished[link.mender] for link in failure.links if link.mender is not None]
    ends = [ended(incident) for incident in failure.incidents]
    known = [end for end in ends if end is not None]
    if known and len(known) == len(ends):
        menders.append(max(end.timestamp() for end in known))
    return min(menders, default=None)


def ended(incident: Incident) -> datetime | None:
    """When the harm was over."""
    return incident.mitigated_at or incident.resolved_at


def remediations(scene: Scene) -> dict[int, str]:
    """Deployments that mend another one or an incident, by number, and how that is known."""
    found = dict.fromkeys(scene.menders.values(), "explicit: it says what it mends")
    for step in scene.judged.steps:
        if step.by < scene.known:
            found.setdefault(step.by, "explicit: a rollback" if step.said else "inferred: back to an earlier revision")
    return found


def mean_time_between_failures(scene: Scene) -> tuple[Metric, Trend]:
    """How long it works between two incidents."""
    window = scene.window
    begun = [incident for incident in scene.incidents if window.holds(incident.detected_at)]
    up = (window.end - window.begin).total_seconds() - down_seconds(scene.incidents, window.begin, window.end)
    metric = Metric(
        id="mean-time-between-failures",
        title="Mean time between failures",
        unit="seconds",
        value=up / len(begun) if begun else None,
        definition="Time of the window without an incident, divided by the incidents that began in it.",
        sample="incidents",
        n=len(begun),
        counted=Rows(len(begun), lambda at: incident_row(begun[at])),
        notes=() if begun else ("No data: no incident began in this time.",),
    )
    cuts = edges(window)
    return metric, Trend(metric=metric.id, unit="seconds", points=tuple(_between(scene, cuts)))


def _between(scene: Scene, cuts: Sequence[datetime]) -> Iterable[TrendPoint]:
    for begin, end in pairwise(cuts):
        n = sum(begin <= incident.detected_at < end for incident in scene.incidents)
        up = (end - begin).total_seconds() - down_seconds(scene.incidents, begin, end)
        yield TrendPoint(begin=begin, value=up / n if n else None, n=n)


def down_seconds(incidents: Iterable[Incident], begin: datetime, end: datetime) -> float:
    """How long at least one of the incidents, oldest first, lasted in this time."""
    down, until = 0.0, begin
    for incident in incidents:
        over = min(ended(incident) or end, end)
        begun = max(incident.detected_at, until)
        if over > begun:
            down += (over - begun).total_seconds()
            until = over
    return down


def incident_row(incident: Incident, why: str = "") -> Evidence:
    """One incident."""
    return fact_row(incident.id, incident.title or incident.id, incident.detected_at, why, incident.link)


def _effective(scene: Scene) -> list[int]:
    kinds = scene.judged.kinds
    return [number for number in scene.span if EFFECTIVE[kinds[number]]]


def _excluded(scene: Scene, reason: str, numbers: Sequence[int]) -> tuple[Exclusion, ...]:
    return (Exclusion(reason=reason, rows=deployment_rows(scene, numbers)),) if numbers else ()


def _ratio_notes(n: int) -> tuple[str, ...]:
    if not n:
        return ("No data: nothing was deployed here in this time.",)
    return (f"Small sample: {n} deployments; mind the interval.",) if n < SMALL else ()


def _inferred_notes(inferred: int, of: int) -> tuple[str, ...]:
    return (f"{inferred} of {of} causes are inferred.",) if inferred else ()


def _ratio_trend(scene: Scene, metric: str, part: Sequence[int], whole: Sequence[int]) -> Trend:
    cuts = edges(scene.window)
    at = [scene.judged.before(cut) for cut in cuts]
    parts = [bisect_left(part, number) for number in at]
    wholes = [bisect_left(whole, number) for number in at]
    made = []
    for place, begin in enumerate(cuts[:-1]):
        n = wholes[place + 1] - wholes[place]
        value = (parts[place + 1] - parts[place]) / n if n else None
        made.append(TrendPoint(begin=begin, value=value, n=n))
    return Trend(metric=metric, unit="ratio", points=tuple(made))
