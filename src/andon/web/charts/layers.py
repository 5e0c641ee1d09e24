"""How layers are told apart: by tint, by hatching and by words."""

from __future__ import annotations

from andon.web.charts.figure import LegendEntry
from andon.web.charts.svg import KEY, small

#: of each hatching: its size and its path; the first layer and every seventh have none
_HATCHES = (
    (8, ""),
    (6, "M-1 1L1-1M0 6L6 0M5 7L7 5"),
    (6, "M3 3h0"),
    (6, "M-1 5L1 7M0 0L6 6M5-1L7 1"),
    (7, "M0 3.5H7"),
    (7, "M3.5 0V7"),
    (8, "M0 4H8M4 0V8"),
)


def fill(number: int, height: float) -> str:
    """A rectangle as large as the plot in the layer's tint and hatching; to be clipped to its form."""
    box = f'width="100%" height="{height:g}"'
    size, path = _HATCHES[number % len(_HATCHES)]
    ground = f'<rect class="layer layer-{number % 6}" {box}/>'
    if not path:
        return ground
    name = f"{KEY}p{number}"
    pattern = f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
    return f'{ground}{pattern}<path class="hatch-layer" d="{path}"/></pattern><rect {box} fill="url(#{name})"/>'


def layer_entry(number: int, words: str) -> LegendEntry:
    """The layer's tint and hatching with its words."""
    size, path = _HATCHES[number % len(_HATCHES)]
    name = f"legend-hatch-{number % len(_HATCHES)}"
    hatch = (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<path class="hatch-layer" d="{path}"/></pattern><rect width="24" height="14" fill="url(#{name})"/>'
    )
    ground = f'<rect class="layer layer-{number % 6}" width="24" height="14"/>'
    return LegendEntry(sign=small(ground + hatch), words=words)
