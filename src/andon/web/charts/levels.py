"""Lines that values are held against: p50, p85, a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A line across, with its words at the right."""

    #: "p50", "p85", "target"
    words: str
    #: in the unit of the picture
    value: float

    def kind(self, number: int) -> str:
        """The first line is drawn whole, those after it dashed."""
        return "level high" if number else "level"


def said(levels: Sequence[Level]) -> str:
    """What the lines mean: "Half of all are below p50, 85 of 100 below p85."."""
    meaning = {
        "p50": "half are at or below p50",
        "p85": "85 of 100 at or below p85",
        "p95": "95 of 100 at or below p95",
    }
    told = [meaning[level.words] for level in levels if level.words in meaning]
    return f"{', '.join(told).capitalize()}." if told else ""
