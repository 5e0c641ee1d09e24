"""What is under way and how old it is, held against how long finished work took: what needs a hand today?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import escape

from andon.web.charts.figure import About, Figure, FigureCell, FigureTable
from andon.web.charts.labels import LINE, NARROW, WIDE, WIDER, clip, length
from andon.web.charts.levels import Level
from andon.web.charts.plot import Ends, below, margin, right_class, value_axis
from andon.web.charts.scale import Scale, scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import disc, percent, picture, rule, shape, words
from andon.web.charts.units import brief, whole

HEIGHT = 240
#: so much of a column's width dots may take; the rest is for their words
SPREAD = 0.3
#: pixels within which two dots would touch
TOUCH = 9.0
#: in a column of the plot, so many of the oldest may be named
NAMED = 6
#: letters of a name beside its triangle
SHORT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that is not finished."""

    #: "a81f3c Fix rounding"
    name: str
    #: in the unit of the picture: seconds since it began
    age: float
    #: where it stands: "review", "test"
    stage: str
    #: who has it; "" for nobody
    owner: str = ""
    link: str = ""


def aging(about: About, stages: Sequence[str], items: Sequence[Item], lines: Sequence[Level] = ()) -> Figure:
    """`items` in a column for each of the `stages`, as high as they are old; `lines` p50 and p85 of finished work.

    What is older than the last line is a triangle, and named where there is room.
    """
    scale = scale_of([*(item.age for item in items), *(level.value for level in lines)], about.unit, about.scale)
    limit = max((level.value for level in lines), default=float("inf"))
    levels = "".join(
        rule(level.kind(n), (0, y), (1, y))
        for n, level in enumerate(lines)
        for y in (below(scale.share(level.value), HEIGHT),)
    )
    ends: Ends = [
        (below(scale.share(level.value), HEIGHT), f"{level.words} {brief(level.value, about.unit)}") for level in lines
    ]
    body = value_axis(scale, HEIGHT) + _columns(stages, items) + levels
    for number, stage in enumerate(stages):
        mine = sorted((item for item in items if item.stage == stage), key=lambda item: -item.age)
        body += _column(about, mine, (number / len(stages), (number + 1) / len(stages)), scale, limit)
    says = about.says or _says(about, items, lines, limit)
    size = f'width="100%" height="{HEIGHT}"'
    return Figure(
        title=about.title,
        says=says,
        svg=picture(about, says, body + margin(ends, HEIGHT), kind=f"plot deep{right_class(ends)}", size=size),
        table=_table(about, stages, items, limit),
        legend=(
            entry("item", "under way"),
            *(
                (entry("odd", f"older than {max(lines, key=lambda one: one.value).words} of finished work"),)
                if lines
                else ()
            ),
            *(
                entry(level.kind(n), f"{level.words} of finished work: {brief(level.value, about.unit)}")
                for n, level in enumerate(lines)
            ),
        ),
        series_url=about.series_url,
    )


def _columns(stages: Sequence[str], items: Sequence[Item]) -> str:
    """The ground, and under it every stage with its count."""
    counts: dict[str, int] = defaultdict(int)
    for item in items:
        counts[item.stage] += 1
    drawn = [rule("axis", (0, HEIGHT), (1, HEIGHT))]
    for number, stage in enumerate(stages):
        left, middle = number / len(stages), (number + 0.5) / len(stages)
        drawn.append(rule("grid", (left, 0), (left, HEIGHT + 4)) if number else "")
        text = stage if length(stage) <= NARROW / len(stages) - 4 else ""
        drawn.append(
            words("tick", (middle, HEIGHT + 18), text, "middle") if text else _stage_words(stage, middle, len(stages))
        )
        drawn.append(words("tick", (middle, HEIGHT + 33), f"{counts[stage]:,}", "middle"))
    return "".join(drawn)


def _stage_words(stage: str, middle: float, count: int) -> str:
    """A long name where there is room, a short one where there is not."""
    short = stage[: max(int(NARROW / count / 8), 1)]
    return words("tick only-narrow", (middle, HEIGHT + 18), f"{short}…", "middle") + words(
        "tick wide", (middle, HEIGHT + 18), clip(stage), "middle"
    )


def _column(about: About, items: Sequence[Item], edges: tuple[float, float], scale: Scale, limit: float) -> str:
    """The oldest first; dots side by side where they would touch; names beside those that are too old."""
    left, right = edges
    middle = left + (right - left) * (0.5 if len(items) < 2 else SPREAD)
    drawn: list[str] = []
    last_name = -LINE
    named = 0
    for item, aside in zip(items, _aside([below(scale.share(item.age), HEIGHT) for item in items]), strict=True):
        y = below(scale.share(item.age), HEIGHT)
        x = middle + aside * min(0.016, (right - left) / 14)
        owner = f", {item.owner}" if item.owner else ""
        title = f"{item.name}: {whole(item.age, about.unit)} old, in {item.stage}{owner}"
        if item.age <= limit:
            drawn.append(disc("item", (x, y), 3.5, title))
            continue
        drawn.append(shape("odd", (x, y), "M0-5L4.5 3.5H-4.5Z", title))
        kind = _name_kind(item.name, right - max(x, middle))
        if kind is not None and y - last_name >= LINE and named < NAMED:
            drawn.append(f'<text class="name{kind}" x="{percent(x)}" dx="9" y="{y + 4:g}">{_escaped(item.name)}</text>')
            last_name, named = y, named + 1
    return "".join(drawn)


def _name_kind(name: str, space: float) -> str | None:
    kinds = ((NARROW, ""), (WIDE, " wide"), (WIDER, " wider"))
    return next((kind for width, kind in kinds if space * width >= length(clip(name, SHORT)) + 12), None)


def _escaped(name: str) -> str:
    return str(escape(clip(name, SHORT)))


def _aside(places: Sequence[float]) -> Iterator[int]:
    """How many dots to the left (negative) or right each stands so that it touches none before it."""
    put: list[tuple[float, int]] = []
    for y in places:
        taken = {aside for other, aside in put if abs(other - y) < TOUCH}
        aside = next(n for n in (0, *(s * k for k in range(1, len(places) + 1) for s in (1, -1))) if n not in taken)
        put.append((y, aside))
        yield aside


def _says(about: About, items: Sequence[Item], lines: Sequence[Level], limit: float) -> str:
    if not items:
        return f"{about.title}: nothing is under way."
    old = sum(item.age > limit for item in items)
    oldest = max(items, key=lambda item: item.age)
    things = about.things.removesuffix("s") if len(items) == 1 else about.things
    told = f"{len(items):,} {things} under way; the oldest, “{oldest.name}”, is {brief(oldest.age, about.unit)} old"
    if lines:
        told += f"; {old:,} older than {max(lines, key=lambda one: one.value).words} of finished work"
    return f"{told}."


def _table(about: About, stages: Sequence[str], items: Sequence[Item], limit: float) -> FigureTable:
    order = {stage: number for number, stage in enumerate(stages)}
    rows = tuple(
        (
            FigureCell(words=item.name, link=item.link),
            item.stage,
            item.owner or "–",
            whole(item.age, about.unit),
            "yes" if item.age > limit else "no",
        )
        for item in sorted(items, key=lambda item: (order.get(item.stage, len(order)), -item.age))
    )
    return FigureTable(
        columns=("What", "Where", "Who", "Age", "Older than most finished work"), rows=rows, numbers=frozenset({3})
    )
