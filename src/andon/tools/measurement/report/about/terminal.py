"""Parts of a report on a terminal: tables as wide as it is, without boxes; what does not fit gives way at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from andon.console.paint import Paint, wrapped
from andon.tools.measurement.report.about.axis import axis_lines
from andon.tools.measurement.report.about.parts import Cell, PartColumn, PartEntry, ReportPart, Sparkline, TimeBar
from andon.tools.measurement.report.sparks import sparks, thinned

#: columns of running text
_WIDEST = 100
#: columns of a bar at least and at most, and of a small picture
_BAR, _LONGEST_BAR, _SPARKS = 6, 30, 48
#: columns that a text keeps, however narrow the terminal is
_LEAST = 10
_GAP = "  "


def part_lines(part: ReportPart, paint: Paint, width: int) -> Iterator[str]:
    """The part, line by line; nothing where there is nothing in it."""
    if part.is_empty and not part.notes:
        return
    if part.title:
        yield paint.strong(part.title)
    for says in part.says:
        yield from text_lines(says, width)
    if part.axis:
        yield from axis_lines(part.axis, paint, width)
    if part.rows:
        yield from _Table(part, paint, width).lines()
    for entry in part.entries:
        yield from _entry(entry, paint, width)
    for note in part.notes:
        yield from text_lines(note, width, paint.quiet)


def text_lines(text: str, width: int, style: Callable[[str], str] | None = None, indent: str = "  ") -> Iterator[str]:
    """Running text that fits."""
    for line in wrapped(f"{indent}{text}", min(width, _WIDEST), indent).split("\n"):
        yield style(line) if style else line


def _entry(one: PartEntry, paint: Paint, width: int) -> Iterator[str]:
    mark = f"{paint.good(one.mark)}  " if one.mark else ""
    yield from wrapped(f"  {mark}{paint.strong(one.title)}", width, "    ").split("\n")
    if one.says:
        yield from text_lines(one.says, width, indent="    ")
    if one.examples:
        yield from text_lines(f"such as {one.examples}", width, paint.quiet, indent="    ")


class _Table:
    """Rows whose columns are as wide as what is in them, as far as the terminal allows."""

    def __init__(self, part: ReportPart, paint: Paint, width: int) -> None:
        self._columns = part.columns
        self._rows = part.rows
        self._paint = paint
        self._room = width - 2
        self._widths = self._fitted([self._natural(at) for at in range(len(part.columns))])

    def lines(self) -> Iterator[str]:
        """The heading where there is one, and the rows."""
        if any(column.title for column in self._columns):
            yield self._paint.quiet(self._line([column.title for column in self._columns], is_heading=True))
        for row in self._rows:
            yield from self._wrapped(row) if self._columns[-1].wraps else [self._line(row)]

    def _natural(self, at: int) -> int:
        cells = [row[at] for row in self._rows]
        if any(isinstance(cell, TimeBar) for cell in cells):
            return _LONGEST_BAR
        return max(len(self._columns[at].title), *(_length(cell) for cell in cells))

    def _fitted(self, widths: list[int]) -> list[int]:
        """Bars give way first, then the columns that are named to."""
        bars = [at for at in range(len(widths)) if any(isinstance(row[at], TimeBar | Sparkline) for row in self._rows)]
        for at in bars:
            widths[at] = max(widths[at] - self._over(widths), _BAR)
        giving = [at for at, column in enumerate(self._columns) if column.gives_way or column.wraps]
        while giving and self._over(widths) > 0:
            widest = max(giving, key=lambda at: widths[at])
            if widths[widest] <= _LEAST:
                break
            widths[widest] -= 1
        return widths

    def _over(self, widths: Sequence[int]) -> int:
        return sum(widths) + len(_GAP) * (len(widths) - 1) - self._room

    def _wrapped(self, row: Sequence[Cell]) -> Iterator[str]:
        """The last cell goes on under itself."""
        *cells, last = row
        for text in wrapped(str(last), max(self._widths[-1], _LEAST)).split("\n"):
            yield self._line([*cells, text])
            cells = [""] * len(cells)

    def _line(self, cells: Sequence[Cell], *, is_heading: bool = False) -> str:
        parts = zip(cells, self._columns, self._widths, strict=True)
        shown = [self._cell(cell, column, width, is_heading=is_heading) for cell, column, width in parts]
        return f"  {_GAP.join(shown)}".rstrip()

    def _cell(self, cell: Cell, column: PartColumn, width: int, *, is_heading: bool) -> str:
        if isinstance(cell, TimeBar):
            return _bar(cell, width, self._paint)
        if isinstance(cell, Sparkline):
            text = sparks(thinned(cell.values, width), width)
        else:
            text = cell if len(cell) <= width else f"{cell[: max(width - 1, 0)]}…"
        blank = " " * (width - len(text))
        shown = text if is_heading else _styled(text, column.style, self._paint)
        return f"{blank}{shown}" if column.is_number else f"{shown}{blank}"


def _length(cell: Cell) -> int:
    if isinstance(cell, Sparkline):
        return min(len(cell.values), _SPARKS)
    return len(cell) if isinstance(cell, str) else 0


def _bar(bar: TimeBar, width: int, paint: Paint) -> str:
    """As long as its share; what took any time is seen."""
    full = min(max(round(bar.share * width), 1 if bar.share else 0), width)
    text = ("▓" if bar.kind == "work" else "░") * full
    return (paint.good(text) if bar.kind == "work" else paint.warn(text)) + " " * (width - full)


def _styled(text: str, style: Literal["plain", "quiet", "strong", "good", "accent"], paint: Paint) -> str:
    return text if style == "plain" else str(getattr(paint, style)(text))
