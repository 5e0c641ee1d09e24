"""The signs of a legend: each is drawn as it is in the picture, and hidden from readers of words."""

from __future__ import annotations

from markupsafe import Markup

from andon.web.charts.figure import LegendEntry
from andon.web.charts.svg import small

#: the small shapes that stand in pictures, around their middle
DIAMOND = "M0-5.5L5.5 0L0 5.5L-5.5 0Z"
CROSS = "M-3.5-3.5L3.5 3.5M3.5-3.5L-3.5 3.5"
ARROW = "M-7-4.5L0 0L-7 4.5Z"

_SIGNS = {
    "dot": '<circle class="dot" cx="12" cy="7" r="3.25"/>',
    "few": '<circle class="few" cx="12" cy="7" r="3.25"/>',
    "many": '<circle class="many" cx="12" cy="7" r="3.25"/>',
    "item": '<circle class="item" cx="12" cy="7" r="3.5"/>',
    "odd": '<path class="odd" d="M12 2.5L16 10H8Z"/>',
    "line": '<path class="line" d="M1 7H23"/>',
    "level": '<path class="level" d="M1 7H23"/>',
    "level high": '<path class="level high" d="M1 7H23"/>',
    "range": '<path class="range" d="M12 1V13"/>',
    "nodata": '<path class="nodata" d="M8 7H16"/>',
    "deployment": '<path class="deployment" d="M12 2V12"/>',
    "failed": '<path class="failed" d="M12 1V13"/><path class="failed" transform="translate(12 7)" d="' + CROSS + '"/>',
    "flip": f'<path class="flip" transform="translate(12 7)" d="{DIAMOND}"/>',
    "work": '<rect class="work" x="1" y="3" width="22" height="8" rx="2"/>',
}
_HATCHED = {
    "incident": '<path class="band-edge" d="M3 0V14M21 0V14"/>'
    '<path class="hatch-band" d="M5 12L11 2M10 12L16 2M15 12L20 3"/>',
    "wait": '<rect class="wait-edge" x="1" y="3" width="22" height="8" rx="2"/>'
    '<path class="hatch-wait" d="M3 10L8 4M8 10L13 4M13 10L18 4M18 10L22 5"/>',
}


def sign(kind: str) -> Markup:
    """The sign of this kind."""
    drawing = _SIGNS.get(kind) or _HATCHED[kind]
    return small(drawing)


def entry(kind: str, words: str) -> LegendEntry:
    """A sign with its words."""
    return LegendEntry(sign=sign(kind), words=words)
