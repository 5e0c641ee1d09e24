"""A small graph drawn from left to right: every node in the column after the last thing it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

MARGIN = 4

#: a node's name, or the place where the curve from one node to another passes a column
Stop = str | tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How large nodes are and how far apart."""

    width: int = 176
    height: int = 48
    across: int = 48
    down: int = 16


#: room for a name and one line below it
SMALL = Grid()


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where one node stands."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A drawn graph: boxes, and the curves between them as SVG paths."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[str, ...]


def layout(needs: Mapping[str, Sequence[str]], grid: Grid = SMALL) -> Layout:
    """Places for every node; `needs` says for each which others come before it, and must have no cycle.

    Edges come in the order of `needs`: for each node, for each that comes before it.
    """
    columns = _columns(needs)
    ways = [_way(need, name, columns) for name, before in needs.items() for need in before if need in columns]
    rows = _rows(columns, ways)
    boxes = tuple(
        Box(
            name=name, x=MARGIN + column * (grid.width + grid.across), y=MARGIN + rows[name] * (grid.height + grid.down)
        )
        for name, column in columns.items()
    )
    return Layout(
        width=(max(columns.values(), default=0) + 1) * (grid.width + grid.across) - grid.across + 2 * MARGIN,
        height=(max(rows.values(), default=0) + 1) * (grid.height + grid.down) - grid.down + 2 * MARGIN,
        boxes=boxes,
        edges=tuple(_curve(way, columns, rows, grid) for way in ways),
    )


def _columns(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    columns = dict.fromkeys(needs, 0)
    for name in TopologicalSorter(needs).static_order():
        columns[name] = max((columns[need] + 1 for need in needs.get(name, ()) if need in needs), default=0)
    return {name: columns[name] for name in needs}


def _way(begin: str, end: str, columns: Mapping[str, int]) -> tuple[Stop, ...]:
    """From node to node, with a stop in each column between, so that no curve runs behind a box."""
    return (begin, *((begin, end, column) for column in range(columns[begin] + 1, columns[end])), end)


def _rows(columns: Mapping[str, int], ways: Sequence[Sequence[Stop]]) -> dict[Stop, int]:
    """Each column from the top, in the order of the rows of what comes before, so that few curves cross."""
    before: dict[Stop, list[Stop]] = {name: [] for name in columns}
    for a, b in (pair for way in ways for pair in pairwise(way)):
        before.setdefault(b, []).append(a)
    stops: dict[int, list[Stop]] = {}
    for stop in before:
        stops.setdefault(_column(stop, columns), []).append(stop)
    rows: dict[Stop, int] = {}
    for _, here in sorted(stops.items()):
        here.sort(key=lambda stop: sum(rows[b] for b in before[stop]) / (len(before[stop]) or 1))
        rows.update({stop: row for row, stop in enumerate(here)})
    return rows


def _column(stop: Stop, columns: Mapping[str, int]) -> int:
    return columns[stop] if isinstance(stop, str) else stop[2]


def _curve(way: Sequence[Stop], columns: Mapping[str, int], rows: Mapping[Stop, int], grid: Grid) -> str:
    path = ""
    for a, b in pairwise(way):
        x1 = MARGIN + _column(a, columns) * (grid.width + grid.across) + grid.width
        x2 = MARGIN + _column(b, columns) * (grid.width + grid.across)
        y1, y2 = (MARGIN + rows[stop] * (grid.height + grid.down) + grid.height // 2 for stop in (a, b))
        bend = (x2 - x1) // 2
        begin = f"H{x1}" if path else f"M{x1} {y1}"
        path += f"{begin}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return path
