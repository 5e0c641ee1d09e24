"""Incidents, drawn on an axis of time: hatched bands behind everything, with their names above."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

from andon.web.charts.calendar import Calendar, minute
from andon.web.charts.happenings import IncidentMark
from andon.web.charts.labels import Label, clip, sizes
from andon.web.charts.svg import KEY, dotted_rules, percent, rule, stretched, way, words

#: the least width of a band, as a share of the plot; up to this its two edges are drawn as one
THIN = 0.002
ONE = 0.006
#: up to so many bands have words for the pointer; more are drawn in one
EACH = 60


def bands(incidents: Sequence[IncidentMark], calendar: Calendar, height: float) -> str:
    """A hatched band for each incident, as high as the picture."""
    reaches = [(incident, reach) for incident in incidents for reach in (_reach(incident, calendar),) if reach]
    if len(reaches) > EACH:
        return _all_in_one([reach for _, reach in reaches], height)
    return "".join(_band(incident, reach, height) for incident, reach in reaches)


def _band(incident: IncidentMark, reach: tuple[float, float], height: float) -> str:
    begin, end = reach
    place = f'x="{percent(begin)}" width="{percent(end - begin)}" y="0" height="{height:g}"'
    edges = rule("band-edge", (begin, 0), (begin, height))
    if incident.end is not None and end - begin > ONE:
        edges += rule("band-edge", (end, 0), (end, height))
    return f'<rect class="band" {place} fill="url(#{KEY}b)"><title>{escape(_told(incident))}</title></rect>{edges}'


def _all_in_one(reaches: Sequence[tuple[float, float]], height: float) -> str:
    """One hatched ground, seen through an opening for each band."""
    openings = "".join(f"M{begin:.4f} 0H{end:.4f}V1H{begin:.4f}Z" for begin, end in reaches)
    clip = f'<clipPath id="{KEY}i" clipPathUnits="objectBoundingBox"><path d="{openings}"/></clipPath>'
    ground = f'<rect width="100%" height="{height:g}" fill="url(#{KEY}b)" clip-path="url(#{KEY}i)"/>'
    edges = sorted({round(edge, 3) for a, b in reaches for edge in ((a, b) if b - a > ONE else (a,))})
    return clip + ground + stretched(height, way("band-edge", dotted_rules(edges, 0, height)))


def _reach(incident: IncidentMark, calendar: Calendar) -> tuple[float, float] | None:
    """From where to where; None when it is not in the time of the picture."""
    end = incident.end or calendar.end
    if end < calendar.begin or incident.begin > calendar.end:
        return None
    begin = calendar.share(incident.begin)
    return min(begin, 1 - THIN), max(calendar.share(end), begin + THIN if begin + THIN < 1 else 1.0)


def _told(incident: IncidentMark) -> str:
    until = f"to {minute(incident.end)}" if incident.end else "still open"
    return f"{incident.name}, from {minute(incident.begin)}, {until}"


def band_names(incidents: Sequence[IncidentMark], calendar: Calendar) -> str:
    """The names of incidents above their bands, as many as have room; the table has them all."""
    reaches = ((incident, _reach(incident, calendar)) for incident in incidents)
    named = [
        Label(at=(reach[0] + reach[1]) / 2, words=clip(incident.name))
        for incident, reach in reaches
        if reach is not None
    ]
    return "".join(
        words(f"band-name{size}", (label.at, -6), label.words, "middle")
        for label, size in zip(named, sizes(named), strict=True)
        if size is not None
    )
