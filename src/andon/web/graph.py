"""A small graph drawn from left to right: every node in the column after the last thing it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 176, 48  #: of a node
ACROSS, DOWN = 48, 16  #: between nodes
MARGIN = 4


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


def layout(needs: Mapping[str, Sequence[str]]) -> Layout:
    """Places for every node; `needs` says for each which others come before it, and must have no cycle."""
    columns = _columns(needs)
    rows = _rows(needs, columns)
    boxes = {
        name: Box(name=name, x=MARGIN + column * (WIDTH + ACROSS), y=MARGIN + rows[name] * (HEIGHT + DOWN))
        for name, column in columns.items()
    }
    width = max((box.x for box in boxes.values()), default=0) + WIDTH + MARGIN
    height = max((box.y for box in boxes.values()), default=0) + HEIGHT + MARGIN
    edges = tuple(_curve(boxes[need], box) for name, box in boxes.items() for need in needs[name] if need in boxes)
    return Layout(width=width, height=height, boxes=tuple(boxes.values()), edges=edges)


def _columns(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for _ in needs:
        for name, before in needs.items():
            columns[name] = max((columns.get(need, 0) + 1 for need in before if need in needs), default=0)
    return columns


def _rows(needs: Mapping[str, Sequence[str]], columns: Mapping[str, int]) -> dict[str, int]:
    """Each column from the top, in the order of the rows of what its nodes need, so that few curves cross."""
    rows: dict[str, int] = {}
    for column in sorted(set(columns.values())):
        here = [name for name in needs if columns[name] == column]
        here.sort(key=lambda name: sum(rows.get(need, 0) for need in needs[name]) / (len(needs[name]) or 1))
        rows.update({name: row for row, name in enumerate(here)})
    return rows


def _curve(a: Box, b: Box) -> str:
    x1, y1, x2, y2 = a.x + WIDTH, a.y + HEIGHT // 2, b.x, b.y + HEIGHT // 2
    bend = (x2 - x1) // 2
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
