"""Layers on each other over time: a cumulative flow diagram, where the height of a layer is what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from andon.web.charts.calendar import Calendar, calendar_of, day, span
from andon.web.charts.figure import About, Figure, FigureTable, LegendEntry
from andon.web.charts.gaps import gaps
from andon.web.charts.layers import fill, layer_entry
from andon.web.charts.plot import Ends, Plot
from andon.web.charts.scale import Scale, scale_of
from andon.web.charts.svg import ACROSS, KEY, stretched, way
from andon.web.charts.units import whole

HEIGHT = 240
#: table rows at most; the instants between are drawn
ROWS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLayer:
    """One layer; the first given lies at the bottom."""

    #: "in production", "in review"
    words: str
    #: one for each instant: what is in this layer alone, not what is below; None where it is not known
    values: tuple[float | None, ...]


def stacked(about: About, instants: Sequence[datetime], layers: Sequence[AreaLayer]) -> Figure:
    """`layers` from the bottom to the top, each with a value for each of the `instants`."""
    calendar = calendar_of(about, instants)
    tops = _tops(layers, len(instants))
    scale = scale_of((top for row in tops for top in row if top is not None), about.unit, "linear")
    plot = Plot(calendar=calendar, scale=scale, height=HEIGHT)
    xs = [calendar.share(at) for at in instants]
    areas = "".join(_area(number, xs, tops, scale) for number in range(len(layers)))
    areas += gaps(instants, [ground is not None for ground in tops[0]], plot)
    says = about.says or _says(about, layers, calendar)
    return Figure(
        title=about.title,
        says=says,
        svg=plot.drawn(about, says, areas, _ends(layers, tops, plot)),
        table=_table(about, instants, layers),
        legend=_legend(layers),
        series_url=about.series_url,
    )


def _tops(layers: Sequence[AreaLayer], count: int) -> list[list[float | None]]:
    """The upper edge of every layer, beginning with the ground; None in all of them where any layer is not known."""
    open_at = {n for layer in layers for n, value in enumerate(layer.values) if value is None}
    tops: list[list[float | None]] = [[None if n in open_at else 0.0 for n in range(count)]]
    for layer in layers:
        below = tops[-1]
        tops.append(
            [None if under is None else under + (value or 0) for under, value in zip(below, layer.values, strict=True)]
        )
    return tops


def _area(number: int, xs: Sequence[float], tops: Sequence[Sequence[float | None]], scale: Scale) -> str:
    """The layer twice: as a clip for its hatching, which must not be stretched, and as its upper edge."""
    clip, edge = "", ""
    for begin, end in _known(tops[0]):
        upper = [(xs[n], 1 - scale.share(tops[number + 1][n] or 0)) for n in range(begin, end)]
        lower = [(xs[n], 1 - scale.share(tops[number][n] or 0)) for n in range(begin, end)]
        clip += "M" + "L".join(f"{x:.4f} {y:.4f}" for x, y in (*upper, *reversed(lower))) + "Z"
        edge += "M" + "L".join(f"{x * ACROSS:.0f} {y * HEIGHT * 10:.0f}" for x, y in upper)
    name = f"{KEY}l{number}"
    clipped = f'<clipPath id="{name}" clipPathUnits="objectBoundingBox"><path d="{clip}"/></clipPath>' if clip else ""
    area = f'<g clip-path="url(#{name})">{fill(number, HEIGHT)}</g>' if clip else ""
    return clipped + area + stretched(HEIGHT, way("layer-edge", edge))


def _known(ground: Sequence[float | None]) -> Iterator[tuple[int, int]]:
    """From where to where there is data, without a gap."""
    begin = None
    for n, value in enumerate((*ground, None)):
        if value is None and begin is not None:
            if n - begin > 1:
                yield begin, n
            begin = None
        elif value is not None and begin is None:
            begin = n


def _ends(layers: Sequence[AreaLayer], tops: Sequence[Sequence[float | None]], plot: Plot) -> Ends:
    """Each layer's words at its right end, in its middle."""
    last = next((n for n in reversed(range(len(tops[0]))) if tops[0][n] is not None), None)
    if last is None:
        return ()
    edges = [row[last] or 0 for row in tops]
    return [(plot.down((a + b) / 2), layer.words) for layer, (a, b) in zip(layers, pairwise(edges), strict=True)]


def _says(about: About, layers: Sequence[AreaLayer], calendar: Calendar) -> str:
    ends = (
        f"{layer.words} {whole(next((v for v in reversed(layer.values) if v is not None), None), about.unit)}"
        for layer in layers
    )
    when = span(calendar)
    return f"{about.title} {when}, from the bottom to the top; at the end: {', '.join(ends)}."


def _legend(layers: Sequence[AreaLayer]) -> tuple[LegendEntry, ...]:
    return tuple(reversed([layer_entry(number, layer.words) for number, layer in enumerate(layers)]))


def _table(about: About, instants: Sequence[datetime], layers: Sequence[AreaLayer]) -> FigureTable:
    step = -(-len(instants) // ROWS) or 1
    numbers = [n for n in range(len(instants)) if n % step == 0 or n == len(instants) - 1]
    rows = tuple((day(instants[n]), *(whole(layer.values[n], about.unit) for layer in layers)) for n in numbers)
    note = f"Every {step} rows one is listed; {len(instants):,} are drawn." if step > 1 else ""
    columns = ("When", *(layer.words.capitalize() for layer in layers))
    return FigureTable(columns=columns, rows=rows, numbers=frozenset(range(1, len(columns))), note=note)
