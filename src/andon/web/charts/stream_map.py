"""The value stream as the graph it is: work in the boxes, waiting on the hatched arrows, from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape

from andon.web.charts.figure import About, Figure, FigureCell, FigureTable
from andon.web.charts.labels import LINE, length
from andon.web.charts.signs import ARROW, entry
from andon.web.charts.svg import KEY, picture
from andon.web.charts.units import NO_DATA, brief, whole
from andon.web.graph import Box as Place
from andon.web.graph import Grid, Layout, layout

GRID = Grid(width=150, height=78, across=68, down=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapBox:
    """One place where work is done."""

    #: "review", "unit", "production"; one of a kind in the map
    name: str
    #: seconds of work, as a median; None where it cannot be measured
    process: float | None
    #: of what left it, the share that never came back: percent complete and accurate; None where it is not known
    accurate: float | None = None
    #: how many things went through
    n: int = 0
    #: the kind of waste that is worst here, in a word: "waiting", "defects"; "" for none
    waste: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """The way from one box to another."""

    begin: str
    end: str
    #: seconds of waiting, as a median; None where it cannot be measured
    wait: float | None
    n: int = 0


def stream_map(about: About, boxes: Sequence[MapBox], arrows: Sequence[Arrow]) -> Figure:
    """The graph of `boxes` joined by `arrows`. An arrow that leads back is listed in the table and not drawn."""
    forward = _forward(boxes, arrows)
    needs = {box.name: tuple(arrow.begin for arrow in forward if arrow.end == box.name) for box in boxes}
    drawn = layout(needs, GRID)
    ways = {(begin, end): edge for (begin, end), edge in zip(_pairs(needs), drawn.edges, strict=True)}
    body = "".join(_way(ways[arrow.begin, arrow.end]) for arrow in forward) + _waits(forward, drawn)
    by_name = {box.name: box for box in boxes}
    body += "".join(_box(by_name[place.name], place.x, place.y) for place in drawn.boxes)
    says = about.says or _says(about, boxes, arrows)
    size = f'width="{drawn.width}" height="{drawn.height}" viewBox="0 0 {drawn.width} {drawn.height}"'
    return Figure(
        title=about.title,
        says=says,
        svg=picture(about, says, body, kind=f"map across-{_columns(drawn)}", size=size),
        table=_table(boxes, arrows),
        legend=(
            entry("work", "work: time in the box, and the share that never came back"),
            entry("wait", "waiting: time on the arrow"),
        ),
        series_url=about.series_url,
        svg_scrolls=True,
    )


def _columns(drawn: Layout) -> int:
    """How many boxes it is wide: it shrinks a little with its page before it is scrolled (charts.css)."""
    return min(len({place.x for place in drawn.boxes}), 9)


def _forward(boxes: Sequence[MapBox], arrows: Sequence[Arrow]) -> tuple[Arrow, ...]:
    """Arrows between known boxes that close no circle."""
    after: dict[str, set[str]] = {box.name: set() for box in boxes}
    kept: list[Arrow] = []
    for arrow in arrows:
        if arrow.begin in after and arrow.end in after and not _leads(arrow.end, arrow.begin, after):
            after[arrow.begin].add(arrow.end)
            kept.append(arrow)
    return tuple(kept)


def _leads(begin: str, end: str, after: Mapping[str, set[str]]) -> bool:
    seen, todo = {begin}, [begin]
    while todo:
        here = todo.pop()
        if here == end:
            return True
        todo += [name for name in after[here] if name not in seen]
        seen |= after[here]
    return False


def _pairs(needs: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(need, name) for name, before in needs.items() for need in before]


def _way(d: str) -> str:
    """An arrow as a hatched band between two edges."""
    return (
        f'<path class="wait-edge" d="{d}"/><path class="wait-ground" d="{d}"/>'
        f'<path class="wait-hatch" d="{d}" stroke="url(#{KEY}w)"/>'
    )


def _waits(arrows: Sequence[Arrow], drawn: Layout) -> str:
    """Heads of the arrows, and their words in the gap before the box they lead to, never on each other."""
    places = {box.name: box for box in drawn.boxes}
    worst = max((arrow.wait or 0 for arrow in arrows), default=0)
    parts: list[str] = []
    taken: list[tuple[float, float]] = []
    for arrow in arrows:
        begin, end = places[arrow.begin], places[arrow.end]
        parts.append(f'<path class="head" transform="translate({end.x} {end.y + GRID.height / 2:g})" d="{ARROW}"/>')
        x, y, anchor = _beside(begin, end)
        while any(abs(x - a) < GRID.across and abs(y - b) < LINE for a, b in taken):
            y += LINE
        taken.append((x, y))
        text = brief(arrow.wait, "seconds") if arrow.wait is not None else NO_DATA
        kind = "wait-words worst" if arrow.wait and arrow.wait == worst else "wait-words"
        parts.append(f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>')
    return "".join(parts)


def _beside(begin: Place, end: Place) -> tuple[float, float, str]:
    """Where the words of an arrow stand: above a straight one, beside one that leads to the next row."""
    x = end.x - GRID.across / 2
    is_near = end.x - begin.x <= GRID.width + GRID.across
    middle = (begin.y + end.y + GRID.height) / 2 if is_near else end.y + GRID.height / 2
    if is_near and abs(end.y - begin.y) == GRID.height + GRID.down:
        return x + 10, middle + 4, "start"
    return x, middle - 12, "middle"


def _box(box: MapBox, x: int, y: int) -> str:
    work = "work not measured" if box.process is None else f"{brief(box.process, 'seconds')} of work"
    good = "" if box.accurate is None else f"{brief(box.accurate, 'ratio')} right first time"
    lines = (
        ("box-name", 24, _short(box.name)),
        ("box-work", 43, work),
        ("tick", 59, good),
    )
    parts = [f'<rect class="box" width="{GRID.width}" height="{GRID.height}" rx="6"/>']
    parts += [f'<text class="{kind}" x="10" y="{down}">{escape(text)}</text>' for kind, down, text in lines]
    if box.waste:
        parts.append(f'<text class="waste" x="{GRID.width - 2}" y="-5" text-anchor="end">▲ {escape(box.waste)}</text>')
    if box.accurate is not None:
        parts.append(_share(box.accurate))
    inner = "".join(parts)
    inner = f'<a href="{escape(box.link)}">{inner}</a>' if box.link else inner
    return f'<g transform="translate({x} {y})">{inner}</g>'


def _share(accurate: float) -> str:
    wide = GRID.width - 20
    return (
        f'<rect class="rest" x="10" y="66" width="{wide}" height="4" rx="2"/>'
        f'<rect class="good" x="10" y="66" width="{wide * min(max(accurate, 0), 1):.1f}" height="4" rx="2"/>'
    )


def _short(name: str) -> str:
    return name if length(name, 14) <= GRID.width - 24 else name[:16] + "…"


def _says(about: About, boxes: Sequence[MapBox], arrows: Sequence[Arrow]) -> str:
    work = [box.process for box in boxes if box.process is not None]
    longest = max(
        (arrow for arrow in arrows if arrow.wait is not None), key=lambda arrow: arrow.wait or 0, default=None
    )
    told = f"{about.title}: {len(boxes)} places of work"
    if work:
        told += f", {brief(sum(work), 'seconds')} of work in all of them together"
    if longest and longest.wait is not None:
        told += f"; the longest wait, {brief(longest.wait, 'seconds')}, is from {longest.begin} to {longest.end}"
    return f"{told}."


def _table(boxes: Sequence[MapBox], arrows: Sequence[Arrow]) -> FigureTable:
    places = [
        (
            FigureCell(words=box.name, link=box.link),
            "work",
            whole(box.process, "seconds"),
            whole(box.accurate, "ratio"),
            f"{box.n:,}",
            box.waste or "–",
        )
        for box in boxes
    ]
    ways = [
        (
            FigureCell(words=f"{arrow.begin} → {arrow.end}"),
            "wait",
            whole(arrow.wait, "seconds"),
            "–",
            f"{arrow.n:,}",
            "–",
        )
        for arrow in arrows
    ]
    return FigureTable(
        columns=("Where", "Kind", "Median time", "Complete and accurate", "Times", "Worst waste"),
        rows=(*places, *ways),
        numbers=frozenset({2, 3, 4}),
    )
