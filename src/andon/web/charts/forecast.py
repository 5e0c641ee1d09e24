"""When will it be done, or how much by then: the chance of every answer, and the answers to plan with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from andon.web.charts.figure import About, Figure, FigureTable
from andon.web.charts.labels import NARROW, length
from andon.web.charts.plot import below, bottom_axis, value_axis
from andon.web.charts.scale import ScaleTick, scale_of
from andon.web.charts.signs import entry
from andon.web.charts.svg import disc, percent, picture, rule, words
from andon.web.charts.units import whole

HEIGHT = 180
#: answers that have a dot each; more are drawn as every second, third …
EACH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How likely one answer is, or a better one."""

    #: 26 (weeks), 30 (items)
    answer: int
    #: 0 to 1
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """An answer to plan with."""

    #: 0.5, 0.85, 0.95
    probability: float
    answer: int


def forecast(about: About, chances: Sequence[Chance], picks: Sequence[Pick]) -> Figure:
    """`chances` of each answer in order as dots; `picks` are marked: "85 %: 30 weeks".

    `about.things` names the answers ("weeks"); `about.says` should tell what was asked: "100 items at the pace of
    the last 12 weeks".
    """
    scale = scale_of((0.0, 1.0), "ratio", "linear")
    low, high = (chances[0].answer, chances[-1].answer) if chances else (0, 1)

    def place(answer: int) -> float:
        return (answer - low + 0.5) / (high - low + 1)

    step = -(-len(chances) // EACH) or 1
    dots = "".join(
        disc(
            "dot",
            (place(c.answer), below(c.probability, HEIGHT)),
            3,
            f"{_many(c.answer, about)}: {whole(c.probability, 'ratio')}",
        )
        for c in chances[::step]
    )
    ticks = tuple(ScaleTick(at=place(n), words=f"{n:,}") for n in _answers(low, high))
    body = (
        value_axis(scale, HEIGHT)
        + bottom_axis(ticks, HEIGHT)
        + "".join(_pick(pick, place(pick.answer), about) for pick in picks)
        + dots
    )
    says = about.says or f"{about.title}: the chance that it takes so many {about.things} or fewer."
    told = ", ".join(
        f"{whole(pick.probability, 'ratio').replace('.0', '')} in {_many(pick.answer, about)}" for pick in picks
    )
    says = f"{says} {told}." if told else says
    return Figure(
        title=about.title,
        says=says,
        svg=picture(about, says, body, kind="plot", size=f'width="100%" height="{HEIGHT}"'),
        table=_table(about, chances, picks),
        legend=(
            entry("dot", f"the chance that so many {about.things} are enough"),
            entry("level high", "to plan with"),
        ),
        series_url=about.series_url,
    )


def _many(count: int, about: About) -> str:
    """A count of the things: "1 week", "30 weeks"."""
    return f"{count:,} {about.things.removesuffix('s') if count == 1 else about.things}"


def _answers(low: int, high: int) -> range:
    step = next(
        step * power
        for power in (1, 10, 100, 1000, 10_000)
        for step in (1, 2, 5)
        if (high - low) / (step * power) <= 14
    )
    return range(-(-low // step) * step, high + 1, step)


def _pick(pick: Pick, x: float, about: About) -> str:
    """From the chance across to its answer and down, with words where the line begins."""
    y = below(pick.probability, HEIGHT)
    text = f"{pick.probability * 100:g} %: {_many(pick.answer, about)}"
    lines = rule("level high", (0, y), (x, y)) + rule("level high", (x, y), (x, HEIGHT))
    if x * NARROW >= length(text) + 12:
        return lines + words("halo", ("8", y - 5), text)
    return lines + f'<text class="halo" x="{percent(x)}" dx="8" y="{y + 14:g}">{text}</text>'


def _table(about: About, chances: Sequence[Chance], picks: Sequence[Pick]) -> FigureTable:
    named = {pick.answer: f"{pick.probability * 100:g} %" for pick in picks}
    rows = tuple((f"{c.answer:,}", whole(c.probability, "ratio"), named.get(c.answer, "–")) for c in chances)
    return FigureTable(
        columns=(about.things.capitalize(), "Chance", "To plan with"), rows=rows, numbers=frozenset({0, 1})
    )
