"""Words that never stand on each other: how wide they are, which have room, and how far apart lines of them go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: pixels of the plot on a phone, and from where on more words are shown (`@container` in charts.css)
NARROW, WIDE, WIDER = 216.0, 420.0, 720.0
#: letters of a name that stands in a margin; the legend and the table have the whole of it
LONGEST = 20
#: pixels of a line of words
LINE = 15.0
_NARROW_LETTERS = frozenset("iljtfrI.,:;'|! ()[]-1")
_WIDE_LETTERS = frozenset("mwMW@%—…ABCDGHNOQRUVXYZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words at a place across."""

    at: float
    words: str
    #: "start" | "middle" | "end": which of its sides stands at the place
    anchor: str = "middle"
    #: pixels between the place and the words
    off: float = 0.0

    def reach(self, width: float) -> tuple[float, float]:
        """From where to where it stands in a plot of this width."""
        x, long = self.at * width, length(self.words)
        begin = {"start": x + self.off, "middle": x - long / 2, "end": x - long - self.off}[self.anchor]
        return begin, begin + long


def length(text: str, size: float = 12.0) -> float:
    """About how many pixels a text takes; rather more than less."""
    units = sum(0.36 if c in _NARROW_LETTERS else 0.78 if c in _WIDE_LETTERS else 0.6 for c in text)
    return units * size


def fitting(labels: Sequence[Label], width: float, apart: float = 6.0) -> frozenset[int]:
    """Which labels of one row have room; earlier ones in the sequence go first."""
    taken: list[tuple[float, float]] = []
    kept: list[int] = []
    for number, label in enumerate(labels):
        begin, end = label.reach(width)
        if all(end + apart <= a or begin - apart >= b for a, b in taken):
            taken.append((begin, end))
            kept.append(number)
    return frozenset(kept)


def inside(labels: Sequence[Label], width: float, over: float = 12.0) -> frozenset[int]:
    """Which labels do not reach far out of the plot."""
    reaches = ((number, label.reach(width)) for number, label in enumerate(labels))
    return frozenset(number for number, (begin, end) in reaches if begin >= -over and end <= width + over)


def sizes(labels: Sequence[Label]) -> tuple[str | None, ...]:
    """For each label of one row: "" always, " wide" and " wider" where there is room, None never."""
    found: dict[int, str] = {}
    left = list(range(len(labels)))
    for width, kind in ((WIDER, " wider"), (WIDE, " wide"), (NARROW, "")):
        here = [labels[number] for number in left]
        left = [left[number] for number in sorted(fitting(here, width) & inside(here, width))]
        found |= dict.fromkeys(left, kind)
    return tuple(found.get(number) for number in range(len(labels)))


def room(begin: float, end: float, text: str) -> str | None:
    """A text between two shares: "" it always has room, " wide" and " wider" where there is more, None never."""
    need = length(text) + 8
    kinds = ((NARROW, ""), (WIDE, " wide"), (WIDER, " wider"))
    return next((kind for width, kind in kinds if (end - begin) * width >= need), None)


def strides(labels: Sequence[Label], width: float) -> int:
    """Every how manyeth label of an even row has room: 1, 2, 3 …"""
    return next(
        (step for step in range(1, len(labels)) if len(fitting(labels[::step], width)) == len(labels[::step])),
        max(len(labels), 1),
    )


def clip(text: str, longest: int = LONGEST) -> str:
    """A name as long as a margin can hold."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def spread(places: Sequence[float], low: float, high: float, apart: float = LINE) -> tuple[float, ...]:
    """The places, moved so that no two are nearer than `apart`, inside the bounds where that is possible, in order."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved: dict[int, float] = {}
    last = low - apart
    for number in order:
        last = moved[number] = max(places[number], last + apart)
    limit = high
    for number in reversed(order):
        moved[number] = max(min(moved[number], limit), low)
        limit = moved[number] - apart
    return tuple(moved[number] for number in range(len(places)))
