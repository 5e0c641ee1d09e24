"""The overlay in words: deployments, flips and incidents on one axis of time under a number, and the suspects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from andon.kernel.words import plural
from andon.standards.known import known_name
from andon.tools.measurement.answers.overlay import Overlay, Suspected
from andon.tools.measurement.answers.records import NumbersReport
from andon.tools.measurement.report.about.parts import Lane, PartEntry, ReportPart, TimeAxis, TimeMark, more
from andon.tools.measurement.report.about.subjects import OverlayReport
from andon.tools.measurement.report.words import minute, value

#: incidents with their suspects
SHOWN = 12
_SUSPECTS = 3


def overlay_parts(subject: OverlayReport) -> Iterator[ReportPart]:
    """The axis first."""
    found = subject.overlay
    yield ReportPart(title="What happened", axis=_axis(found, subject.numbers, subject.over), is_picture=True)
    shown = tuple(_entry(one, found) for one in found.suspected[:SHOWN])
    named = sum(any(suspect.is_explicit for suspect in one.suspects) for one in found.suspected)
    says = (
        f"In {named} of {len(found.suspected)} somebody named what caused it. Everything else that was deployed or"
        " flipped in the 24 hours before is a suspect, the nearest first: it is inferred, and may be innocent."
    )
    if shown:
        left = more(len(found.suspected) - len(shown), "incident")
        yield ReportPart(title="What was changed before each incident", says=(says,), entries=shown, notes=left)
    else:
        yield ReportPart(
            title="Incidents", says=("None is known in this time. Tell of them: andon import incidents.csv",)
        )


def _axis(found: Overlay, numbers: NumbersReport, over: str) -> TimeAxis:
    window = found.question.window
    failed = frozenset(found.failed)
    would_be_told = any(one.id == "change-fail-rate" and one.value is not None for one in numbers.metrics)
    wrong = sum(one.id in failed or one.outcome != "success" for one in found.deployments)
    deployments = tuple(
        TimeMark(
            begin=one.finished_at,
            end=one.finished_at,
            sign="✗" if one.id in failed or one.outcome != "success" else "│",
        )
        for one in sorted(found.deployments, key=lambda one: one.id in failed or one.outcome != "success")
    )
    known = f", of which {wrong:,} went wrong (✗)" if wrong or would_be_told else "; failures are not reported"
    flips = tuple(TimeMark(begin=one.at, end=one.at, sign="◆") for one in found.flips)
    incidents = tuple(
        TimeMark(begin=one.detected_at, end=one.mitigated_at or one.resolved_at or window.end, sign="▓")
        for one in found.incidents
    )
    lanes = (
        *_line(numbers, over),
        Lane(title="Deployments", marks=deployments, says=f"{len(deployments):,}{known}"),
        Lane(title="Flips of flags", marks=flips, says=f"{len(flips):,}"),
        Lane(title="Incidents", marks=incidents, says=f"{len(incidents):,}"),
    )
    return TimeAxis(begin=window.begin, end=window.end, lanes=lanes)


def _line(numbers: NumbersReport, over: str) -> Iterator[Lane]:
    """The number that it is laid over, where it has a trend. Errors: NotFound."""
    known_name(over, (one.id for one in numbers.metrics), "number")
    trend = next((one for one in numbers.trends if one.metric == over), None)
    metric = next((one for one in numbers.metrics if one.id == over), None)
    if trend is None or metric is None:
        return
    points = tuple((point.begin, point.value) for point in trend.points)
    yield Lane(title=metric.title, line=points, says=f"{value(metric.value, metric.unit)} over all")


def _entry(one: Suspected, found: Overlay) -> PartEntry:
    incident = one.incident
    over_at = incident.mitigated_at or incident.resolved_at
    lasted = _took(over_at - incident.detected_at) if over_at else "■ open"
    severity = f" · severity {incident.severity}" if incident.severity else ""
    suspects = (
        f"{'✗' if suspect.is_explicit else '?'} {suspect.name}, {_took(suspect.before)} before ({suspect.why})"
        for suspect in one.suspects[:_SUSPECTS]
    )
    left = len(one.suspects) - _SUSPECTS
    said = "; ".join(suspects) + (f"; and {plural(left, 'suspect')} more" if left > 0 else "")
    return PartEntry(
        mark=minute(incident.detected_at),
        title=f"{incident.title}{severity} · {lasted}",
        says=said or "nothing in the 24 hours before",
    )


def _took(length: timedelta) -> str:
    return value(length.total_seconds(), "seconds")
