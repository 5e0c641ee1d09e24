"""Marks as text: percent across and pixels down, so that a picture is as wide as its place and its words stay as large.

What has no percent (a path) stands in a nested drawing that is stretched; its strokes are not. See docs/decisions/0012.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from markupsafe import Markup, escape

from andon.web.charts.figure import About
from andon.web.charts.labels import Label

#: units across a stretched drawing; ten units are a pixel downwards
ACROSS = 10_000
#: stands for the picture's own key until the whole picture is known; no word from outside can hold a "<"
KEY = "<key>"

#: the hatchings: what waits, what hurts, and layers by their number
_DEFS = (
    '<defs><pattern id="<key>w" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="hatch-wait" d="M0 0V6"/></pattern>'
    '<pattern id="<key>b" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<path class="hatch-band" d="M0 0V7"/></pattern></defs>'
)


def percent(share: float) -> str:
    """A place across: "34.5%"."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


def words(kind: str, at: tuple[float | str, float], text: str, anchor: str = "start") -> str:
    """A piece of text; `at` is a share across (or pixels, as a string) and pixels down."""
    x = at[0] if isinstance(at[0], str) else percent(at[0])
    return f'<text class="{kind}" x="{x}" y="{at[1]:g}" text-anchor="{anchor}">{escape(text)}</text>'


def rule(kind: str, begin: tuple[float, float], end: tuple[float, float]) -> str:
    """A straight line between two places."""
    ends = f'x1="{percent(begin[0])}" y1="{begin[1]:g}" x2="{percent(end[0])}" y2="{end[1]:g}"'
    return f'<line class="{kind}" {ends}/>'


def beside(kind: str, label: Label, y: float) -> str:
    """A label some pixels beside its place."""
    off = -label.off if label.anchor == "end" else label.off
    place = f'x="{percent(label.at)}" dx="{off:g}" y="{y:g}" text-anchor="{label.anchor}"'
    return f'<text class="{kind}" {place}>{escape(label.words)}</text>'


def end_words(y: float, text: str) -> str:
    """Words in the margin at the right."""
    return f'<text class="end" x="100%" dx="8" y="{y + 4:g}">{escape(text)}</text>'


def disc(kind: str, at: tuple[float, float], radius: float, title: str = "") -> str:
    """A dot, with words for the pointer."""
    place = f'class="{kind}" cx="{percent(at[0])}" cy="{at[1]:.1f}" r="{radius:g}"'
    return f"<circle {place}><title>{escape(title)}</title></circle>" if title else f"<circle {place}/>"


def shape(kind: str, at: tuple[float, float], d: str, title: str = "") -> str:
    """A small path around a place."""
    said = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<svg x="{percent(at[0])}" y="{at[1]:g}" overflow="visible"><path class="{kind}" d="{d}">{said}</path></svg>'
    )


def stretched(height: float, content: str) -> str:
    """A drawing that is as wide as the picture; its paths count in `ACROSS` and tenths of a pixel."""
    box = f'width="100%" height="{height:g}" viewBox="0 0 {ACROSS} {height * 10:g}"'
    return f'<svg {box} preserveAspectRatio="none" overflow="visible">{content}</svg>' if content else ""


def way(kind: str, d: str) -> str:
    """A path of a stretched drawing."""
    return f'<path class="{kind}" vector-effect="non-scaling-stroke" d="{d}"/>' if d else ""


def dotted_rules(places: Iterable[float], top: float, bottom: float) -> str:
    """Many short upright lines as one path. Shares across, pixels down."""
    return "".join([f"M{x * ACROSS:.0f} {top * 10:.0f}v{(bottom - top) * 10:.0f}" for x in places])


def picture(about: About, says: str, body: str, *, kind: str, size: str) -> Markup:
    """The whole drawing, named and described; its key comes from its content, so a page may hold many."""
    text = _DEFS + body
    # an image has no parts; what holds links is a group
    role = "group" if "<a " in body else "img"
    key = f"f{crc32(f'{about.title}{says}{text}'.encode()):08x}"
    head = f'<svg class="chart {kind}" {size} role="{role}" aria-labelledby="{key}t" aria-describedby="{key}d">'
    named = f'<title id="{key}t">{escape(about.title)}</title><desc id="{key}d">{escape(says)}</desc>'
    return drawn(head + named + text.replace(KEY, key) + "</svg>")


def small(content: str) -> Markup:
    """The sign of a legend, which readers of words do not meet."""
    box = 'width="24" height="14" viewBox="0 0 24 14"'
    return drawn(f'<svg class="chart sign" {box} aria-hidden="true">{content}</svg>')


def drawn(text: str) -> Markup:
    """A drawing that this package wrote, as markup."""
    return Markup(text)  # noqa: S704 - every word from outside went through `escape` on its way here
