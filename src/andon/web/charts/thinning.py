"""Fewer dots that look the same: of dots that would cover each other one is drawn, and the picture says so."""

from __future__ import annotations

from collections.abc import Sequence

#: dots that a picture of less than 100 kB can hold
MOST = 4000


def thinned(places: Sequence[tuple[float, float]], height: float, things: str) -> tuple[list[tuple[float, float]], str]:
    """The dots to draw (shares across, pixels down), and the sentence that says what was left out."""
    if len(places) <= MOST:
        return list(places), ""
    columns = 720.0
    while True:
        cell = columns / 720 * 1.0
        kept = {(int(x * columns), int(y * cell)): (x, y) for x, y in places}
        if len(kept) <= MOST:
            break
        columns /= 1.25
    note = f"{len(kept):,} of {len(places):,} dots are drawn: one for {things} that would cover each other."
    return list(kept.values()), note
