"""Tables and trees as wide as the terminal: no boxes, quiet headings, numbers to the right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from andon.console.terminal import harmless

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    from andon.console.terminal import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A cell that is drawn as wide as there is room: a bar, a sparkline."""

    draw: Callable[[int], str]
    #: columns
    least: int
    most: int

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        return Measurement(min(self.least, self.most), self.most)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        yield Text.from_ansi(self.draw(min(options.max_width, self.most)), no_wrap=True, overflow="crop")


_BLANKS = re.compile(r"\s*(\x1b\[0m)?\s*$")


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Fitted]]) -> Table:
    """A table. What a heading begins with says how its column is shown.

    ">": numbers, to the right. "*": is cut when the terminal is narrow. "+": goes on in the next line instead.
    """
    from rich.table import Table

    titles = [column.lstrip(">*+") for column in columns]
    shown = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", show_header=any(titles))
    for column, title in zip(columns, titles, strict=True):
        justify: Literal["left", "right"] = "right" if column.startswith(">") else "left"
        shown.add_column(title, justify=justify, no_wrap=column[:1] not in {"*", "+"})
    for row in rows:
        cells = zip(row, columns, strict=True)
        shown.add_row(*(cell if isinstance(cell, Fitted) else _text(cell, column) for cell, column in cells))
    return shown


def _text(cell: str, column: str) -> Text:
    from rich.text import Text

    wraps = column.startswith("+")
    return Text.from_ansi(harmless(cell), no_wrap=not wraps, overflow="fold" if wraps else "ellipsis")


def table_lines(shown: Table, width: int, *, colour: bool) -> list[str]:
    """The table as lines of text, without blanks at their ends."""
    from io import StringIO

    from andon.console.terminal import Terminal

    out = StringIO()
    terminal = Terminal(out=out, err=out, colour=colour, err_colour=colour, width=width, moving=False)
    rich_console(terminal).print(shown)
    # a line that was broken ends with the blank at which it was, inside its colour
    return [_BLANKS.sub(r"\1", line) for line in out.getvalue().splitlines()]


def tree(head: str, rows: Sequence[Sequence[str]]) -> Table:
    """A line and what hangs on it, in columns: the journey of a change."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    body = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for index, (first, *rest) in enumerate(rows):
        branch = "└ " if index == len(rows) - 1 else "├ "
        body.add_row(*(Text.from_ansi(harmless(cell)) for cell in (branch + first, *rest)))
    whole = Table.grid()
    whole.add_row(Group(Text.from_ansi(harmless(head)), body))
    return whole


def rich_console(terminal: Terminal) -> Console:
    """Rich on this terminal, without its guesses about what our text means."""
    from rich.console import Console

    return Console(
        file=terminal.out,
        width=terminal.width,
        no_color=not terminal.colour,
        force_terminal=terminal.colour,
        color_system="standard" if terminal.colour else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
