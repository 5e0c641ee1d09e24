"""Fewer dots that look the same: of dots that would cover each other one is drawn, and the picture says so."""

from __future__ import annotations

from collections.abc import Sequence

#: dots that a picture of less than 100 kB can hold
MOST = 4500
#: sides of the cells of which each has one dot, in pixels of a picture 720 wide; a dot is 4.5 wide
CELLS = (1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)


def thinned(places: Sequence[tuple[float, float]], things: str) -> tuple[list[tuple[float, float]], str]:
    """The dots to draw (shares across, pixels down), and the sentence that says what was left out."""
    if len(places) <= MOST:
        return list(places), ""
    kept: dict[int, tuple[float, float]] = {}
    for side in CELLS:
        across, down = 720 / side, 1 / side
        kept = {int(x * across) << 12 | int(y * down): (x, y) for x, y in places}
        if len(kept) <= MOST:
            break
    left = len(places) - len(kept)
    return list(kept.values()), f"{left:,} of the dots are not drawn: others of the {things} would cover them."
