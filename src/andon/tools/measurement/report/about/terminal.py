"""Parts of a report on a terminal: tables as wide as it is, without boxes; what does not fit gives way at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from andon.console.paint import Paint, wrapped
from andon.console.tables import Fitted, table, table_lines
from andon.tools.measurement.report.about.axis import axis_lines
from andon.tools.measurement.report.about.parts import Cell, PartColumn, PartEntry, ReportPart, Sparkline, TimeBar
from andon.tools.measurement.report.sparks import sparks, thinned

#: columns of running text
_WIDEST = 100
#: columns of a bar at least and at most, and of a small picture
_BAR, _LONGEST_BAR, _SPARKS = 6, 30, 48


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
        yield from _table(part, paint, width)
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


def _table(part: ReportPart, paint: Paint, width: int) -> Iterator[str]:
    """The rows as a table that fits, without a heading where no column has a title."""
    rows = [
        [_cell(cell, column, paint, width // 6) for cell, column in zip(row, part.columns, strict=True)]
        for row in part.rows
    ]
    shown = table([column.heading for column in part.columns], rows)
    return (f"  {line}" for line in table_lines(shown, width - 2, colour=paint.colour))


def _cell(cell: Cell, column: PartColumn, paint: Paint, bar: int) -> str | Fitted:
    if isinstance(cell, TimeBar):
        return Fitted(draw=lambda width: _bar(cell, width, paint), least=_BAR, most=max(min(bar, _LONGEST_BAR), _BAR))
    if isinstance(cell, Sparkline):
        values = cell.values
        most = min(len(values), _SPARKS)
        return Fitted(
            draw=lambda width: _styled(sparks(thinned(values, width), width), column.style, paint),
            least=min(_BAR, most),
            most=most,
        )
    return _styled(cell, column.style, paint)


def _bar(bar: TimeBar, width: int, paint: Paint) -> str:
    """As long as its share; what took any time is seen."""
    full = min(max(round(bar.share * width), 1 if bar.share else 0), width)
    text = ("▓" if bar.kind == "work" else "░") * full
    return (paint.good(text) if bar.kind == "work" else paint.warn(text)) + " " * (width - full)


def _styled(text: str, style: Literal["plain", "quiet", "strong", "good", "accent"], paint: Paint) -> str:
    return text if style == "plain" else str(getattr(paint, style)(text))
