"""Help as a calm page: headings, names and what they mean, without boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions, RenderableType

_NAMES = 12  #: columns that names have at least, so that short panels stand in line


def help_page(console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
    """Prints one group of commands or parameters; cyclopts calls it for each."""
    from rich.table import Table
    from rich.text import Text

    if not panel.entries:
        return
    rows = Table.grid(padding=(0, 2, 0, 0), pad_edge=True)
    rows.add_column(width=0)
    rows.add_column(min_width=_NAMES, style="cyan", no_wrap=True)
    rows.add_column()
    for entry in panel.entries:
        rows.add_row("", Text(_names(entry)), _meaning(entry))
    console.print(Text(str(panel.title), style="bold"))
    console.print(rows)
    console.print()


def _names(entry: HelpEntry) -> str:
    names = " ".join(entry.display_labels)
    return f"{names} {entry.metavar}" if entry.metavar and not entry.positional_label else names


def _meaning(entry: HelpEntry) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    facts = [f"one of {', '.join(entry.choices)}"] if entry.choices else []
    facts += [f"else {entry.default}"] if entry.default else []
    facts += ["needed"] if entry.required else []
    extra = Text("; ".join(facts), style="dim")
    if not facts:
        return entry.description or ""
    return Group(entry.description, extra) if entry.description else extra
