"""Tables and trees as wide as the terminal: no boxes, quiet headings, numbers to the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from andon.console.terminal import harmless

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from andon.console.terminal import Terminal


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table. A heading that begins with ">" is of numbers; one that begins with "*" gives way when it is narrow."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in columns:
        justify: Literal["left", "right"] = "right" if column.startswith(">") else "left"
        shown.add_column(column.lstrip(">*"), justify=justify, no_wrap=not column.startswith("*"))
    for row in rows:
        shown.add_row(*(Text.from_ansi(harmless(cell), no_wrap=True, overflow="ellipsis") for cell in row))
    return shown


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
