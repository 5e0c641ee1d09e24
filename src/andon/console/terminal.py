"""One terminal: where to print, how wide, and whether it shows colour and movement."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO

_USUAL = 80  #: columns of a terminal that does not say
_UNCUT = 1000  #: columns for a file or a pipe, where nothing is cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a command's words go."""

    out: TextIO
    err: TextIO
    colour: bool
    #: the same for what is said beside
    err_colour: bool
    #: columns
    width: int
    #: may lines that were printed be changed
    moving: bool

    def print(self, text: str = "") -> None:
        """What the command is about."""
        self.out.write(f"{text}\n")
        self.out.flush()

    def note(self, text: str) -> None:
        """What is said beside it; never mixed into output that a program reads."""
        self.err.write(f"{text}\n")
        self.err.flush()


def terminal_of(out: TextIO, err: TextIO, *, no_color: bool = False) -> Terminal:
    """The terminal behind two streams."""
    is_terminal = out.isatty()
    return Terminal(
        out=out,
        err=err,
        colour=is_terminal and not no_color,
        err_colour=err.isatty() and not no_color,
        width=_columns(out) if is_terminal else _UNCUT,
        moving=is_terminal,
    )


def _columns(out: TextIO) -> int:
    try:
        return os.get_terminal_size(out.fileno()).columns or _USUAL
    except OSError:
        return _USUAL
