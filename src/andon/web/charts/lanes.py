"""What happened, drawn on an axis of time: bands behind everything, deployments and flips in lanes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import escape

from andon.web.charts.calendar import Calendar, minute
from andon.web.charts.figure import LegendEntry
from andon.web.charts.happenings import Deployment, Flip, Happenings, Incident
from andon.web.charts.labels import Label, sizes
from andon.web.charts.signs import DIAMOND, entry
from andon.web.charts.svg import KEY, dotted_rules, percent, rule, shape, stretched, way, words

#: pixels of one lane, and between the values and the first
LANE, GAP = 26, 8
#: up to so many deployments have words for the pointer; more are drawn as one path
EACH = 300


def lanes_height(what: Happenings) -> int:
    """Pixels that the lanes take."""
    count = bool(what.deployments) + bool(what.flips)
    return LANE * count + GAP if count else 0


def lanes(what: Happenings, calendar: Calendar, top: float) -> str:
    """Deployments along their lane, flips along theirs; a lane in which nothing is, is not there."""
    parts: list[str] = []
    top += GAP
    for name, drawn in (("Deployments", _ticks(what.deployments, calendar)), ("Flips", _flips(what.flips, calendar))):
        if drawn:
            ground = rule("grid", (0, LANE), (1, LANE)) + words("lane", ("-8", LANE - 8), name, "end")
            parts.append(f'<svg y="{top:g}" width="100%" height="{LANE}" overflow="visible">{ground}{drawn}</svg>')
            top += LANE
    return "".join(parts)


def _ticks(deployments: Sequence[Deployment], calendar: Calendar) -> str:
    """A short line each; a failed one is longer and carries a cross."""
    if not deployments:
        return ""
    inside = [one for one in deployments if calendar.holds(one.at)]
    good = [one for one in inside if not one.failed]
    if len(good) > EACH:
        places = sorted({round(calendar.share(one.at), 4) for one in good})
        drawn = stretched(LANE, way("deployment", dotted_rules(places, LANE - 11, LANE - 1)))
    else:
        drawn = "".join(_tick(one, calendar) for one in good)
    return drawn + "".join(_failed(one, calendar) for one in inside if one.failed) or " "


def _tick(one: Deployment, calendar: Calendar) -> str:
    return shape("deployment", (calendar.share(one.at), LANE - 1), "M0 0V-10", f"{one.name}, {minute(one.at)}")


def _failed(one: Deployment, calendar: Calendar) -> str:
    d = "M0 0V-14M-3.5-18L3.5-11M3.5-18L-3.5-11"
    return shape("failed", (calendar.share(one.at), LANE - 1), d, f"{one.name}, {minute(one.at)}, failed")


def _flips(flips: Sequence[Flip], calendar: Calendar) -> str:
    if not flips:
        return ""
    return (
        "".join(
            shape("flip", (calendar.share(one.at), LANE / 2), DIAMOND, f"{one.name}, {minute(one.at)}")
            for one in flips
            if calendar.holds(one.at)
        )
        or " "
    )


def bands(incidents: Sequence[Incident], calendar: Calendar, height: float) -> str:
    """A hatched band for each incident, as high as the picture."""
    return "".join(_band(incident, calendar, height) for incident in incidents)


def _band(incident: Incident, calendar: Calendar, height: float) -> str:
    reach = _reach(incident, calendar)
    if reach is None:
        return ""
    begin, end = reach
    place = f'x="{percent(begin)}" width="{percent(max(end - begin, 0.003))}" y="0" height="{height:g}"'
    edges = rule("band-edge", (begin, 0), (begin, height))
    if incident.end is not None:
        edges += rule("band-edge", (max(end, begin + 0.003), 0), (max(end, begin + 0.003), height))
    return f'<rect class="band" {place} fill="url(#{KEY}b)"><title>{escape(_told(incident))}</title></rect>{edges}'


def _reach(incident: Incident, calendar: Calendar) -> tuple[float, float] | None:
    end = incident.end or calendar.end
    if end < calendar.begin or incident.begin > calendar.end:
        return None
    return calendar.share(incident.begin), calendar.share(end)


def _told(incident: Incident) -> str:
    until = f"to {minute(incident.end)}" if incident.end else "still open"
    return f"{incident.name}, from {minute(incident.begin)}, {until}"


def band_names(incidents: Sequence[Incident], calendar: Calendar) -> str:
    """The names of incidents above their bands, as many as have room; the table has them all."""
    reaches = ((incident, _reach(incident, calendar)) for incident in incidents)
    named = [
        Label(at=(reach[0] + reach[1]) / 2, words=incident.name) for incident, reach in reaches if reach is not None
    ]
    return "".join(
        words(f"band-name{size}", (label.at, -6), label.words, "middle")
        for label, size in zip(named, sizes(named), strict=True)
        if size is not None
    )


def happened_legend(what: Happenings) -> tuple[LegendEntry, ...]:
    """Words for the signs that are there."""
    signs = (
        (any(not one.failed for one in what.deployments), "deployment", "deployment"),
        (any(one.failed for one in what.deployments), "failed", "failed deployment"),
        (bool(what.flips), "flip", "flag flipped"),
        (bool(what.incidents), "incident", "incident, from detected to resolved"),
    )
    return tuple(entry(kind, text) for there, kind, text in signs if there)


def happened_rows(what: Happenings) -> tuple[tuple[datetime, str, str, str, str], ...]:
    """Everything that happened, in time: instant, kind, name, until, link."""
    rows = [
        *((d.at, "failed deployment" if d.failed else "deployment", d.name, "", d.link) for d in what.deployments),
        *((f.at, "flip", f.name, "", f.link) for f in what.flips),
        *((i.begin, "incident", i.name, minute(i.end) if i.end else "still open", i.link) for i in what.incidents),
    ]
    return tuple(sorted(rows))
