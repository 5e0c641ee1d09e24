"""A plot with its axes: values up, time across, what happened in lanes below, words in the margin at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

from andon.web.charts.bands import band_names, bands
from andon.web.charts.calendar import Calendar
from andon.web.charts.figure import About, LegendEntry
from andon.web.charts.happenings import NOTHING, Happenings
from andon.web.charts.labels import LINE, NARROW, WIDE, WIDER, Label, clip, inside, length, spread, strides
from andon.web.charts.lanes import lanes, lanes_height
from andon.web.charts.levels import Level
from andon.web.charts.scale import Scale, ScaleTick
from andon.web.charts.signs import entry
from andon.web.charts.svg import end_words, percent, picture, rule, words
from andon.web.charts.units import brief

#: words at the right: pixels down, and the text
Ends = Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The ground of a picture over time."""

    calendar: Calendar
    #: None: there are only lanes
    scale: Scale | None
    #: pixels of the values
    height: int
    over: Happenings = NOTHING

    def down(self, value: float) -> float:
        """Where a value stands, in pixels from the top."""
        return below(self.scale.share(value), self.height) if self.scale else 0.0

    def drawn(self, about: About, says: str, marks: str, ends: Ends = ()) -> Markup:
        """The picture: `marks` on this ground."""
        total = self.height + lanes_height(self.over)
        body = (
            (value_axis(self.scale, self.height) if self.scale else "")
            + bands(self.over.incidents, self.calendar, total)
            + marks
            + band_names(self.over.incidents, self.calendar)
            + lanes(self.over, self.calendar, self.height)
            + bottom_axis(self.calendar.ticks(), total)
            + margin(ends, self.height)
        )
        kind = f"plot{right_class(ends)}{' has-lanes' if total > self.height else ''}"
        return picture(about, says, body, kind=kind, size=f'width="100%" height="{total:g}"')


def below(share: float, height: float) -> float:
    """Pixels from the top for a share of the height."""
    return round(height - share * height, 1)


def value_axis(scale: Scale, height: float) -> str:
    """Hairlines across with their words at the left."""
    drawn = [
        rule("grid" if tick.at else "axis", (0, y), (1, y)) + words("tick", ("-8", y + 4), tick.words, "end")
        for tick in scale.ticks
        for y in (below(tick.at, height),)
    ]
    return "".join(drawn) + (words("tick", ("-4", -14), "log scale", "end") if scale.is_log else "")


def bottom_axis(ticks: Sequence[ScaleTick], height: float) -> str:
    """Ticks with words below; some of the words only where there is room."""
    labels = [Label(at=tick.at, words=tick.words) for tick in ticks]
    kept = inside(labels, WIDE, 22) & inside(labels, NARROW, 22)
    kinds = tick_kinds(labels)
    parts = [rule("axis", (0, height), (1, height))]
    for number, (label, kind) in enumerate(zip(labels, kinds, strict=True)):
        parts.append(rule("axis", (label.at, height), (label.at, height + 4)))
        if kind is not None and number in kept:
            parts.append(words(f"tick{kind}", (label.at, height + 18), label.words, "middle"))
    return "".join(parts)


def tick_kinds(labels: Sequence[Label]) -> tuple[str | None, ...]:
    """For each: "" always, " wide" and " wider" where there is room, None never. Each set is a part of the next."""
    wider = strides(labels, WIDER)
    wide = wider * strides(labels[::wider], WIDE)
    narrow = wide * strides(labels[::wide], NARROW)
    return tuple(
        "" if n % narrow == 0 else " wide" if n % wide == 0 else " wider" if n % wider == 0 else None
        for n in range(len(labels))
    )


def margin(ends: Ends, height: float) -> str:
    """The words at the right, moved apart."""
    places = spread([y for y, _ in ends], 6, height - 2, LINE)
    return "".join(end_words(y, clip(text)) for y, (_, text) in zip(places, ends, strict=True))


def right_class(ends: Ends) -> str:
    """The class that leaves room for the words at the right."""
    widest = max((length(clip(text)) for _, text in ends), default=0.0)
    return f" ends-{min(max(ceil((widest + 12) / 16), 3), 9)}" if ends else ""


def level_lines(levels: Sequence[Level], plot: Plot) -> str:
    """Lines right across."""
    return "".join(
        f'<line class="{level.kind(number)}" x1="0" x2="{percent(1)}" y1="{plot.down(level.value):g}" '
        f'y2="{plot.down(level.value):g}"/>'
        for number, level in enumerate(levels)
    )


def level_entries(levels: Sequence[Level], unit: str) -> tuple[LegendEntry, ...]:
    """The lines and their values in words, for where the margin has no room."""
    return tuple(entry(level.kind(n), f"{level.words}: {brief(level.value, unit)}") for n, level in enumerate(levels))


def level_ends(levels: Sequence[Level], plot: Plot, unit: str) -> Ends:
    """Their words at the right."""
    return [(plot.down(level.value), f"{level.words} {brief(level.value, unit)}") for level in levels]
