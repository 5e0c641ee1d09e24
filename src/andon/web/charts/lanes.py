"""What happened, drawn on an axis of time: deployments and flips in lanes of their own below the values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from andon.web.charts.calendar import Calendar, minute
from andon.web.charts.figure import LegendEntry
from andon.web.charts.happenings import DeploymentMark, FlipMark, Happenings
from andon.web.charts.signs import DIAMOND, entry
from andon.web.charts.svg import dotted_rules, rule, shape, stretched, way, words

#: pixels of one lane, and between the values and the first
LANE, GAP = 26, 8
#: up to so many of a kind have a shape and words each; more are drawn as one path, or by the spot on which they stand
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


def _ticks(deployments: Sequence[DeploymentMark], calendar: Calendar) -> str:
    """A short line each; a failed one is longer and carries a cross."""
    if not deployments:
        return ""
    good = [one for one in deployments if not one.failed and calendar.holds(one.at)]
    if len(good) > EACH:
        places = sorted({round(calendar.share(one.at), 3) for one in good})
        drawn = stretched(LANE, way("deployment", dotted_rules(places, LANE - 11, LANE - 1)))
    else:
        drawn = _shapes("deployment", "M0 0V-10", LANE - 1, good, calendar)
    failed = [one for one in deployments if one.failed and calendar.holds(one.at)]
    return drawn + _shapes("failed", "M0 0V-14M-3.5-18L3.5-11M3.5-18L-3.5-11", LANE - 1, failed, calendar) or " "


def _flips(flips: Sequence[FlipMark], calendar: Calendar) -> str:
    inside = [one for one in flips if calendar.holds(one.at)]
    return (_shapes("flip", DIAMOND, LANE / 2, inside, calendar) or " ") if flips else ""


def _shapes(kind: str, d: str, y: float, ones: Sequence[DeploymentMark | FlipMark], calendar: Calendar) -> str:
    """One shape for each; of those that would stand on one spot a single one, with the number of the others."""
    spots: dict[int, list[DeploymentMark | FlipMark]] = {}
    for number, one in enumerate(ones):
        spot = int(calendar.share(one.at) * EACH) if len(ones) > EACH else number
        spots.setdefault(spot, []).append(one)
    return "".join(shape(kind, (calendar.share(here[0].at), y), d, _words(kind, here)) for here in spots.values())


def _words(kind: str, here: Sequence[DeploymentMark | FlipMark]) -> str:
    told = f"{here[0].name}, {minute(here[0].at)}{', failed' if kind == 'failed' else ''}"
    return f"{told}, and {len(here) - 1:,} more here" if len(here) > 1 else told


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
