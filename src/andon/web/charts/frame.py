"""What is around and behind the marks: the grid, the axes, and what happened in that time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import escape

from andon.web.charts.calendar import Calendar, minute
from andon.web.charts.figure import LegendEntry
from andon.web.charts.happenings import Deployment, Happenings, Incident
from andon.web.charts.labels import LINE, NARROW, WIDE, Label, inside, sizes, spread, strides
from andon.web.charts.levels import Level
from andon.web.charts.scale import Scale, Tick
from andon.web.charts.signs import DIAMOND, entry
from andon.web.charts.svg import KEY, end_words, percent, rule, shape, words
from andon.web.charts.units import brief


def value_axis(scale: Scale, height: float) -> str:
    """Hairlines across with their words at the left."""
    drawn = [
        rule("grid" if tick.at else "axis", (0, y), (1, y)) + words("tick", ("-8", y + 4), tick.words, "end")
        for tick in scale.ticks
        for y in (down(tick.at, height),)
    ]
    return "".join(drawn) + (words("tick", ("-8", -14), "log scale", "middle") if scale.is_log else "")


def bottom_axis(ticks: Sequence[Tick], height: float) -> str:
    """Ticks with words below; some of the words only where there is room."""
    labels = [Label(at=tick.at, words=tick.words) for tick in ticks]
    small, wide = strides(labels, NARROW), strides(labels, WIDE)
    kept = inside(labels, WIDE, 22) & inside(labels, NARROW, 22)
    parts = [rule("axis", (0, height), (1, height))]
    for number, label in enumerate(labels):
        parts.append(rule("axis", (label.at, height), (label.at, height + 4)))
        if number % wide == 0 and number in kept:
            kind = "tick" if number % (small if small % wide == 0 else wide * small) == 0 else "tick wide"
            parts.append(words(kind, (label.at, height + 18), label.words, "middle"))
    return "".join(parts)


def down(share: float, height: float) -> float:
    """Pixels from the top for a share of the height."""
    return round(height - share * height, 1)


def levels(shown: Sequence[Level], scale: Scale, unit: str, height: float) -> str:
    """Lines right across with their words in the margin at the right."""
    places = [down(scale.share(level.value), height) for level in shown]
    parts = [
        rule(level.kind(number), (0, y), (1, y)) for number, (level, y) in enumerate(zip(shown, places, strict=True))
    ]
    for level, y in zip(shown, spread(places, 6, height - 2, LINE), strict=True):
        parts.append(end_words(y, f"{level.words} {brief(level.value, unit)}"))
    return "".join(parts)


def happened(what: Happenings, calendar: Calendar, height: float) -> str:
    """Bands, diamonds and ticks over a plot: bands behind, deployments along the bottom, flips above them."""
    return (
        bands(what.incidents, calendar, height)
        + band_words(what.incidents, calendar)
        + "".join(deployment_tick(one, calendar, height) for one in what.deployments if calendar.holds(one.at))
        + "".join(
            shape("flip", (calendar.share(one.at), height - 18), DIAMOND, f"{one.name}, {minute(one.at)}")
            for one in what.flips
            if calendar.holds(one.at)
        )
    )


def bands(incidents: Sequence[Incident], calendar: Calendar, height: float) -> str:
    """A hatched band for each incident, as high as the picture."""
    return "".join(_band(incident, calendar, height) for incident in incidents)


def _band(incident: Incident, calendar: Calendar, height: float) -> str:
    begin, end = _reach(incident, calendar)
    if begin is None:
        return ""
    place = f'x="{percent(begin)}" width="{percent(max(end - begin, 0.002))}" y="0" height="{height:g}"'
    edges = rule("band-edge", (begin, 0), (begin, height))
    if incident.end is not None:
        edges += rule("band-edge", (end, 0), (end, height))
    return f'<rect class="band" {place} fill="url(#{KEY}b)"><title>{_told(incident)}</title></rect>{edges}'


def _reach(incident: Incident, calendar: Calendar) -> tuple[float | None, float]:
    end = incident.end or calendar.end
    if end < calendar.begin or incident.begin > calendar.end:
        return None, 0.0
    return calendar.share(incident.begin), calendar.share(end)


def _told(incident: Incident) -> str:
    until = f"to {minute(incident.end)}" if incident.end else "still open"
    return str(escape(f"{incident.name}, from {minute(incident.begin)}, {until}"))


def band_words(incidents: Sequence[Incident], calendar: Calendar) -> str:
    """The names of incidents above their bands, as many as have room; the table has them all."""
    named = [
        Label(at=(begin + end) / 2, words=incident.name)
        for incident in incidents
        for begin, end in (_reach(incident, calendar),)
        if begin is not None
    ]
    return "".join(
        words(f"band-name {size}".strip(), (label.at, -5), label.words, "middle")
        for label, size in zip(named, sizes(named), strict=True)
        if size is not None
    )


def deployment_tick(one: Deployment, calendar: Calendar, height: float) -> str:
    """A short line at the bottom; a failed one is longer and carries a cross."""
    x = calendar.share(one.at)
    title = f"{one.name}, {minute(one.at)}"
    if one.failed:
        return shape("failed", (x, height), "M0 0V-14M-3.5-17.5L3.5-10.5M3.5-17.5L-3.5-10.5", f"{title}, failed")
    return shape("deployment", (x, height), "M0 0V-8", title)


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
