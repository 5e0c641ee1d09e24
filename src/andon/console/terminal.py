"""One terminal: where to print, how wide, and whether it shows colour and movement."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TextIO, TypeVar, cast

T = TypeVar("T")

_USUAL = 80  #: columns of a terminal that does not say
_UNCUT = 1000  #: columns for a file or a pipe, where nothing is cut
#: whatever moves the cursor, sets a title or turns the direction of writing; colours are ours and stay
_ORDERS = re.compile("\x1b(?!\\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


#: colours of one of 256, or of a mixture: their numbers are no orders
_MIXED = re.compile(r"[34]8;(?:5;\d*|2;\d*;\d*;\d*)")
_COLOURS = re.compile("\x1b\\[([0-9;]*)m")
#: blinking, and letters that nobody can see
_NOT_SHOWN = frozenset({5, 6, 8})


def harmless(text: str) -> str:
    """The text as a terminal may have it: people write subjects and reasons, and some are no friends."""
    return _ORDERS.sub("�", _COLOURS.sub(_visible, text) if "\x1b" in text else text)


def inert(told: T) -> T:
    """What others told, in which not even a colour works: to be asked for before it is painted.

    Texts in lists, mappings and records are meant too, whatever they are nested in.
    """
    return cast(T, _inert(told))


def _inert(told: Any) -> Any:
    if isinstance(told, str):
        return _ORDERS.sub("�", told).replace("\x1b", "�") if not told.isprintable() else told
    if isinstance(told, Mapping):
        return {_inert(name): _inert(value) for name, value in told.items()}
    if isinstance(told, list | tuple) and not hasattr(told, "_fields"):
        return type(told)(map(_inert, told))
    if hasattr(told, "__struct_fields__"):
        return type(told)(**{name: _inert(getattr(told, name)) for name in told.__struct_fields__})
    if is_dataclass(told) and not isinstance(told, type):
        return replace(told, **{each.name: _inert(getattr(told, each.name)) for each in fields(told) if each.init})
    return told


def _visible(found: re.Match[str]) -> str:
    orders = {int(number or 0) for number in _MIXED.sub("", found[1]).split(";")}
    return "�" if orders & _NOT_SHOWN else found[0]


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
        self.out.write(f"{harmless(text)}\n")
        self.out.flush()

    def note(self, text: str) -> None:
        """What is said beside it; never mixed into output that a program reads."""
        self.err.write(f"{harmless(text)}\n")
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
