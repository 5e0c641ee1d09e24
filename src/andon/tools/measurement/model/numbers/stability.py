"""DORA's instability: how many deployments fail, and how many nobody planned."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from andon.tools.measurement.model.metric import Exclusion, Metric
from andon.tools.measurement.model.numbers.causes import Case, Failure, unknown_notes
from andon.tools.measurement.model.numbers.distribution import SMALL, wilson
from andon.tools.measurement.model.numbers.rows import Rows, concatenated, deployment_rows, incident_rows
from andon.tools.measurement.model.numbers.trend import Trend, TrendPoint, edges, marks
from andon.tools.measurement.model.numbers.wording import counted, fail_rate_words, rework_words

FAIL_RATE = ("change-fail-rate", "Change fail rate")
REMEDIATION = "remediations: they mend another deployment, and it is that one which counts as failed"
#: instead of a rate of 0 that nobody could know (decision 13)
UNTOLD = (
    "No data: no incident, rollback or repairing deployment of this service was reported here, so it is unknown "
    "whether anything failed. Connect the tool that manages incidents: andon connect --help"
)

ONLY_STEPS = "Lower bound: only rollbacks to an earlier revision are visible; no incident or remediation was reported."


def change_fail_rate(case: Case) -> tuple[Metric, Trend]:
    """Failed deployments, or in some definitions incidents, among deployments."""
    if case.definition.fail_rate == "incidents of all":
        return _incident_rate(case)
    failed = case.failures
    mending = [] if case.definition.fail_rate == "failed of all" else _remedies(case, failed)
    own = _own(case, failed, mending)
    bad = [number for number in own if number in failed]
    ratio = _ratio(case, FAIL_RATE, len(bad), len(own))
    metric = replace(
        ratio,
        definition=fail_rate_words(case.definition),
        counted=_part_first(case, {number: failed[number].why for number in bad}, own),
        excluded=_excluded(case, mending),
        notes=(
            *ratio.notes,
            *_reservations(failed, bad, (len(own), len(mending))),
            *unknown_notes(case),
        ),
    )
    return metric, _trend(case, metric.id, _numbered(case, bad), _numbered(case, own))


def _incident_rate(case: Case) -> tuple[Metric, Trend]:
    begun = [incident for incident in case.incidents if case.window.holds(incident.detected_at)]
    n = len(case.changing)
    ratio = _ratio(case, FAIL_RATE, len(begun), n)
    metric = replace(
        ratio,
        definition=fail_rate_words(case.definition),
        low=None,
        high=None,
        counted=concatenated(incident_rows(begun, 1.0), deployment_rows(case, case.changing, values=0.0)),
        notes=(*ratio.notes, "Incidents are divided by deployments, so there is no 95 % interval."),
    )
    times = [incident.detected_at.timestamp() for incident in begun]
    return metric, _trend(case, metric.id, times, _numbered(case, case.changing))


def deployment_rework_rate(case: Case) -> tuple[Metric, Trend]:
    """Deployments that nobody planned."""
    mending = remediations(case)
    rework = [number for number in case.changing if number in mending]
    metric = replace(
        _ratio(case, ("deployment-rework-rate", "Deployment rework rate"), len(rework), len(case.changing)),
        definition=rework_words(case.definition),
        counted=_part_first(case, {number: mending[number] for number in rework}, case.changing),
    )
    return metric, _trend(case, metric.id, _numbered(case, rework), _numbered(case, case.changing))


def _ratio(case: Case, called: tuple[str, str], part: int, whole: int) -> Metric:
    """A part of the deployments, with its 95 % interval; without its rows and its definition."""
    is_known = bool(part or case.tells_failures)
    low, high = (wilson(part, whole) if is_known else None) or (None, None)
    return Metric(
        id=called[0],
        title=called[1],
        unit="ratio",
        value=_share(case, part, whole),
        definition="",
        sample="deployments",
        n=whole,
        low=low,
        high=high,
        notes=_notes(case, part, whole),
    )


def remediations(case: Case) -> dict[int, str]:
    """Deployments that mend another one or an incident, by number, and how that is known."""
    found: dict[int, str] = {}
    for fact, number in case.menders.items():
        found[number] = f"{found[number]}, {fact}" if number in found else f"explicit: mends {fact}"
    for step in case.judged.steps:
        if step.by < case.known:
            found.setdefault(step.by, "explicit: a rollback" if step.said else "inferred: back to an earlier revision")
    return found


def _remedies(case: Case, failed: Mapping[int, Failure]) -> list[int]:
    """Remediations of the window that did not fail themselves."""
    mending = remediations(case)
    return [number for number in case.changing if number in mending and number not in failed]


def _own(case: Case, failed: Mapping[int, Failure], mending: Sequence[int]) -> Sequence[int]:
    """Deployments that can fail: those that count, and others that somebody names as a cause."""
    counting = case.changing
    named = [number for number, one in failed.items() if one.explicit and number in case.span]
    others = set(named).difference(counting) if named else set()
    if not mending and not others:
        return counting
    return sorted(others.union(counting).difference(mending))


def _share(case: Case, part: int, whole: int) -> float | None:
    return part / whole if whole and (part or case.tells_failures) else None


def _part_first(case: Case, part: Mapping[int, str], whole: Sequence[int]) -> Rows:
    """Those above the line with value 1 and the reason, then the others of those below it with value 0."""
    others = array("i", (number for number in whole if number not in part)) if part else whole
    return concatenated(deployment_rows(case, list(part), part, 1.0), deployment_rows(case, others, values=0.0))


def _excluded(case: Case, mending: Sequence[int]) -> tuple[Exclusion, ...]:
    return (Exclusion(reason=REMEDIATION, rows=deployment_rows(case, mending)),) if mending else ()


def _notes(case: Case, part: int, n: int) -> tuple[str, ...]:
    if not n:
        return ("No data: nothing was deployed here in this time.",)
    if not case.tells_failures:
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


def _numbered(case: Case, numbers: Sequence[int]) -> Sequence[float]:
    """When they finished."""
    return array("d", map(case.judged.finished.__getitem__, numbers))


def _trend(case: Case, metric: str, part: Sequence[float], whole: Sequence[float]) -> Trend:
    """One ratio a week or month."""
    parts, wholes = ([bisect_left(times, mark) for mark in marks(case.window)] for times in (part, whole))
    points = tuple(
        TrendPoint(begin=begin, value=_share(case, some[1] - some[0], all_[1] - all_[0]), n=all_[1] - all_[0])
        for begin, some, all_ in zip(edges(case.window), pairwise(parts), pairwise(wholes), strict=False)
    )
    return Trend(metric=metric, unit="ratio", points=points)
