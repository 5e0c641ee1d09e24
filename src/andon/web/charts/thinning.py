"""Fewer dots that look the same: of dots that would cover each other one is drawn, and the picture says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from andon.web.charts.svg import ACROSS

#: dots that a picture of less than 100 kB can hold
MOST = 4500
#: sides of the cells of which each has one dot, in pixels of a picture 720 wide; a dot is 4.5 wide
CELLS = (1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)


def packed(across: Iterable[int], down: Iterable[int]) -> list[int]:
    """Places of a stretched drawing, each as one number: thousands of them are sorted and compared at once."""
    return [x << 16 | y for x, y in zip(across, down, strict=True)]


def thinned(places: Sequence[int], things: str) -> tuple[list[int], str]:
    """The packed places to draw, in order, and the sentence that says what was left out."""
    kept: Iterable[int] = places
    count = len(places)
    for side in CELLS if count > MOST else ():
        wide, high = int(side * ACROSS / 720), int(side * 10)
        kept = {(place >> 16) // wide << 16 | (place & 0xFFFF) // high: place for place in places}.values()
        count = len(kept)
        if count <= MOST:
            break
    left = len(places) - count
    told = f"{left:,} of the dots are not drawn: others of the {things} would cover them." if left else ""
    return sorted(kept), told


def path(places: Sequence[int]) -> str:
    """Dots as one path: each a line of no length with a round end, named by its distance from the one before."""
    steps: list[str] = []
    x = y = 0
    for place in places:
        a, b = place >> 16, place & 0xFFFF
        steps.append(f"m{a - x} {b - y}h0")
        x, y = a, b
    return "".join(steps)
