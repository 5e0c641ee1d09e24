"""How values lie, as dots: every value, or a fixed number of them, is one dot on a heap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

from andon.web.charts.figure import About, Figure, Table
from andon.web.charts.labels import LINE, NARROW, Label, rows_of
from andon.web.charts.levels import Level, said
from andon.web.charts.plot import bottom_axis
from andon.web.charts.scale import Scale, scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import ACROSS, beside, picture, rule, stretched, way
from andon.web.charts.thinning import path
from andon.web.charts.units import brief, whole

#: pixels: from the middle of one dot of a heap to the next, and the highest heap
STEP, HEIGHT = 6, 168
HEAPS = 44
#: left of this share of the width words would not fit on a phone, and stand right of their line
LEFT = 0.4


def distribution(about: About, values: Sequence[float], lines: Sequence[Level] = ()) -> Figure:
    """`values` from small to large as heaps of dots, with `lines` such as p50, p85 and p95 standing upright.

    Where a heap would be too high a dot stands for several values; the legend says how many.
    """
    scale = scale_of(values, about.unit, about.scale)
    heaps = Counter(min(int(scale.share(value) * HEAPS), HEAPS - 1) for value in values)
    each = max(ceil(max(heaps.values(), default=0) * STEP / HEIGHT), 1)
    high = max(ceil(max(heaps.values(), default=0) / each) * STEP, 60) + STEP
    dots = [
        int((heap + 0.5) / HEAPS * ACROSS) << 16 | int((high - STEP * (n + 0.75)) * 10)
        for heap, count in heaps.items()
        for n in range(ceil(count / each))
    ]
    body = stretched(high, way("heap", path(dots))) + _upright(lines, scale, about.unit, high)
    says = about.says or _says(about, values, lines)
    size = f'width="100%" height="{high}"'
    one = "one of the" if each == 1 else f"up to {each} of the"
    return Figure(
        title=about.title,
        says=says,
        svg=picture(about, says, body + bottom_axis(scale.ticks, high), kind="plot flat", size=size),
        table=_table(about, heaps, scale, len(values)),
        legend=(entry("heap", f"{one} {about.things}"), *((entry("level", _names(lines)),) if lines else ())),
        series_url=about.series_url,
    )


def _names(lines: Sequence[Level]) -> str:
    return ", ".join(level.words for level in lines)


def _upright(lines: Sequence[Level], scale: Scale, unit: str, high: float) -> str:
    """Lines from the ground up to their words, which stand in as many rows as they need.

    The words are left of their line where they can be, so that the higher line of the next does not cut them."""
    labels = [
        Label(at=at, words=f"{level.words} {brief(level.value, unit)}", anchor="end" if at > LEFT else "start", off=4)
        for level in lines
        for at in (scale.share(level.value),)
    ]
    drawn: list[str] = []
    written: list[str] = []
    for number, (label, row) in enumerate(zip(labels, rows_of(labels, NARROW), strict=True)):
        top = -LINE * (row + 1)
        drawn.append(rule(lines[number].kind(number), (label.at, top), (label.at, high)))
        written.append(beside("halo", label, top + 10))
    return "".join(drawn + written)


def _says(about: About, values: Sequence[float], lines: Sequence[Level]) -> str:
    if not values:
        return f"{about.title}: no {about.things}."
    edges = f"from {brief(min(values), about.unit)} to {brief(max(values), about.unit)}"
    at = ", ".join(f"{level.words} {brief(level.value, about.unit)}" for level in lines)
    return f"{len(values):,} {about.things}, {edges}{f'; {at}' if at else ''}. {said(lines)}".strip()


def _table(about: About, heaps: Counter[int], scale: Scale, count: int) -> Table:
    rows = tuple(
        (
            f"{whole(scale.value(heap / HEAPS), about.unit)} to {whole(scale.value((heap + 1) / HEAPS), about.unit)}",
            f"{heaps[heap]:,}",
            whole(heaps[heap] / count, "ratio"),
        )
        for heap in sorted(heaps)
    )
    return Table(columns=(about.title, about.things.capitalize(), "Share"), rows=rows, numbers=frozenset({1, 2}))
