"""DORA's instability: how many deployments fail, and how many nobody planned."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

from andon.tools.measurement.model.metric import Exclusion, Metric
from andon.tools.measurement.model.numbers.causes import Case, Failure, unknown_notes
from andon.tools.measurement.model.numbers.distribution import SMALL, wilson
from andon.tools.measurement.model.numbers.rows import Rows, deployment_rows, incident_rows, joined
from andon.tools.measurement.model.numbers.trend import Trend, TrendPoint, edges, marks
from andon.tools.measurement.model.numbers.wording import counted, fail_rate_words, rework_words

REMEDIATION = "remediations: they mend another deployment, and it is that one which counts as failed"
#: instead of a rate of 0 that nobody could know (decision 13)
UNTOLD = (
    "No data: nobody told of any incident, rollback or mending deployment of this service here, so nobody knows "
    "whether nothing failed. Connect the place where incidents are kept."
)

ONLY_STEPS = (
    "At least: only steps back to an earlier revision can be seen, for nobody told of any incident or remediation."
)


def change_fail_rate(scene: Case) -> tuple[Metric, Trend]:
    """Failed deployments, or in some definitions incidents, among deployments."""
    if scene.definition.fail_rate == "incidents of all":
        return _incident_rate(scene)
    failed = scene.failures
    mending = [] if scene.definition.fail_rate == "failed of all" else _remedies(scene, failed)
    own = _own(scene, failed, mending)
    bad = [number for number in own if number in failed]
    low, high = _interval(scene, len(bad), len(own))
    metric = Metric(
        id="change-fail-rate",
        title="Change fail rate",
        unit="ratio",
        value=_share(scene, len(bad), len(own)),
        definition=fail_rate_words(scene.definition),
        sample="deployments",
        n=len(own),
        low=low,
        high=high,
        counted=_part_first(scene, {number: failed[number].why for number in bad}, own),
        excluded=_excluded(scene, mending),
        notes=(
            *_notes(scene, len(bad), len(own)),
            *_reservations(failed, bad, (len(own), len(mending))),
            *unknown_notes(scene),
        ),
    )
    return metric, _trend(scene, metric.id, _numbered(scene, bad), _numbered(scene, own))


def _incident_rate(scene: Case) -> tuple[Metric, Trend]:
    begun = [incident for incident in scene.incidents if scene.window.holds(incident.detected_at)]
    n = len(scene.changing)
    metric = Metric(
        id="change-fail-rate",
        title="Change fail rate",
        unit="ratio",
        value=_share(scene, len(begun), n),
        definition=fail_rate_words(scene.definition),
        sample="deployments",
        n=n,
        counted=joined(incident_rows(begun, 1.0), deployment_rows(scene, scene.changing, values=0.0)),
        notes=(*_notes(scene, len(begun), n), "Incidents are divided by deployments, so there is no 95 % interval."),
    )
    times = [incident.detected_at.timestamp() for incident in begun]
    return metric, _trend(scene, metric.id, times, _numbered(scene, scene.changing))


def deployment_rework_rate(scene: Case) -> tuple[Metric, Trend]:
    """Deployments that nobody planned."""
    mending = remediations(scene)
    rework = [number for number in scene.changing if number in mending]
    n = len(scene.changing)
    low, high = _interval(scene, len(rework), n)
    metric = Metric(
        id="deployment-rework-rate",
        title="Deployment rework rate",
        unit="ratio",
        value=_share(scene, len(rework), n),
        definition=rework_words(scene.definition),
        sample="deployments",
        n=n,
        low=low,
        high=high,
        counted=_part_first(scene, {number: mending[number] for number in rework}, scene.changing),
        notes=_notes(scene, len(rework), n),
    )
    return metric, _trend(scene, metric.id, _numbered(scene, rework), _numbered(scene, scene.changing))


def remediations(scene: Case) -> dict[int, str]:
    """Deployments that mend another one or an incident, by number, and how that is known."""
    found: dict[int, str] = {}
    for fact, number in scene.menders.items():
        found[number] = f"{found[number]}, {fact}" if number in found else f"explicit: mends {fact}"
    for step in scene.judged.steps:
        if step.by < scene.known:
            found.setdefault(step.by, "explicit: a rollback" if step.said else "inferred: back to an earlier revision")
    return found


def _remedies(scene: Case, failed: Mapping[int, Failure]) -> list[int]:
    """Remediations of the window that did not fail themselves."""
    mending = remediations(scene)
    return [number for number in scene.changing if number in mending and number not in failed]


def _own(scene: Case, failed: Mapping[int, Failure], mending: Sequence[int]) -> Sequence[int]:
    """Deployments that can fail: those that count, and others that somebody names as a cause."""
    counting = scene.changing
    named = [number for number, one in failed.items() if one.explicit and number in scene.span]
    others = set(named).difference(counting) if named else set()
    if not mending and not others:
        return counting
    return sorted(others.union(counting).difference(mending))


def _share(scene: Case, part: int, whole: int) -> float | None:
    return part / whole if whole and (part or scene.tells_failures) else None


def _interval(scene: Case, part: int, whole: int) -> tuple[float | None, float | None]:
    return wilson(part, whole) or (None, None) if part or scene.tells_failures else (None, None)


def _part_first(scene: Case, part: Mapping[int, str], whole: Sequence[int]) -> Rows:
    """Those above the line with value 1 and the reason, then the others of those below it with value 0."""
    others = array("i", (number for number in whole if number not in part)) if part else whole
    return joined(deployment_rows(scene, list(part), part, 1.0), deployment_rows(scene, others, values=0.0))


def _excluded(scene: Case, mending: Sequence[int]) -> tuple[Exclusion, ...]:
    return (Exclusion(reason=REMEDIATION, rows=deployment_rows(scene, mending)),) if mending else ()


def _notes(scene: Case, part: int, n: int) -> tuple[str, ...]:
    if not n:
        return ("No data: nothing was deployed here in this time.",)
    if not scene.tells_failures:
        return (ONLY_STEPS if part else UNTOLD,)
    return (f"Small sample: {counted(n, 'deployments')}; mind the interval.",) if n < SMALL else ()


def _reservations(failed: Mapping[int, Failure], bad: Sequence[int], sizes: tuple[int, int]) -> tuple[str, ...]:
    notes = []
    if inferred := sum(not failed[number].explicit for number in bad):
        notes.append(f"{inferred} of {len(bad)} causes are inferred.")
    if sizes[1]:
        of = sum(sizes)
        notes.append(
            f"With {counted(sizes[1], 'remediations')}, of all {counted(of, 'deployments')}: {len(bad) / of:.1%}."
        )
    return tuple(notes)


def _numbered(scene: Case, numbers: Sequence[int]) -> Sequence[float]:
    """When they finished."""
    return array("d", map(scene.judged.finished.__getitem__, numbers))


def _trend(scene: Case, metric: str, part: Sequence[float], whole: Sequence[float]) -> Trend:
    """One ratio a week or month."""
    parts, wholes = ([bisect_left(times, mark) for mark in marks(scene.window)] for times in (part, whole))
    points = tuple(
        TrendPoint(begin=begin, value=_share(scene, some[1] - some[0], all_[1] - all_[0]), n=all_[1] - all_[0])
        for begin, some, all_ in zip(edges(scene.window), pairwise(parts), pairwise(wholes), strict=False)
    )
    return Trend(metric=metric, unit="ratio", points=points)
