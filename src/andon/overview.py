"""`andon --help`: every command by its place. The parser is not loaded for it: that takes longer than the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from andon.command_table import ABOUT, COMMANDS, FOR_EVERY_COMMAND
from andon.console.paint import Paint, wrapped
from andon.console.terminal import Terminal
from andon.tool import PLACES

_HELP = (("--help -h", "Display this message and exit."), ("--version", "Display application version."))
_NAMES = 12  #: columns of names


def overview(terminal: Terminal) -> str:
    """The page, as wide as the terminal."""
    paint = Paint(terminal.colour)
    groups = [
        _group(paint, place, ((c.name, c.says) for c in COMMANDS.values() if c.place == place)) for place in PLACES
    ]
    parts = [paint.strong("andon COMMAND"), ABOUT, *groups, _group(paint, "Help", _HELP), FOR_EVERY_COMMAND]
    return wrapped("\n\n".join(parts), terminal.width)


def _group(paint: Paint, title: str, rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join([paint.strong(title), *_lines(paint, rows)])


def _lines(paint: Paint, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, says in rows:
        yield f"  {paint.accent(name)}{' ' * (_NAMES - len(name))}  {says}"
