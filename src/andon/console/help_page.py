"""Help as a calm page: headings, names and what they mean, without boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions, RenderableType

_NAMES = 12  #: columns that names have at least, so that short panels stand in line


class HelpPage:
    """Prints help part by part, as cyclopts calls for it; a blank line before each part but the first."""

    def render_usage(self, console: Console, options: ConsoleOptions, usage: object) -> None:
        """The command with what it takes."""
        from rich.text import Text

        console.print(Text(str(usage).strip(), style="bold"))

    def render_description(self, console: Console, options: ConsoleOptions, description: RenderableType) -> None:
        """What the command does."""
        from rich.text import Text

        with console.capture() as captured:
            console.print(description)
        console.print()
        console.print(Text.from_ansi(captured.get().strip()))

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """One group of commands or parameters."""
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
        console.print()
        console.print(Text(str(panel.title), style="bold"))
        console.print(rows)


def _names(entry: HelpEntry) -> str:
    if entry.positional_label:
        return entry.positional_label
    names = " ".join(entry.all_options)
    return f"{names} {entry.metavar}" if entry.metavar else names


def _meaning(entry: HelpEntry) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    facts = [f"one of {', '.join(entry.choices)}"] if entry.choices else []
    facts += [f"else {entry.default}"] if entry.default else []
    facts += ["needed"] if entry.required and not entry.positional_label else []
    extra = Text("; ".join(facts), style="dim")
    if not facts:
        return entry.description or ""
    return Group(entry.description, extra) if entry.description else extra
