"""Colour and lamps. A lamp is a shape and a word, and only then a colour."""

from __future__ import annotations

import re
from dataclasses import dataclass

from andon.console.lamps import LAMPS

_CODES = {"good": "32", "bad": "31", "warn": "33", "accent": "36", "quiet": "2", "strong": "1"}
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Paint:
    """Paints text for one terminal, or leaves it plain."""

    colour: bool

    def good(self, text: str) -> str:
        return self._in("good", text)

    def bad(self, text: str) -> str:
        return self._in("bad", text)

    def warn(self, text: str) -> str:
        return self._in("warn", text)

    def accent(self, text: str) -> str:
        """An address or a command to copy."""
        return self._in("accent", text)

    def quiet(self, text: str) -> str:
        """What is there for those who look for it."""
        return self._in("quiet", text)

    def strong(self, text: str) -> str:
        """What the line is about."""
        return self._in("strong", text)

    def lamp(self, state: str, text: str = "") -> str:
        """The shape of a state before the text: lamp("success", "unit") is "✓ unit"."""
        shape, style = LAMPS.get(state, ("·", "quiet"))
        return self._in(style, shape) + (f" {text}" if text else "")

    def state(self, state: str, word: str = "") -> str:
        """A state as shape and word, both in its colour."""
        shape, style = LAMPS.get(state, ("·", "quiet"))
        return self._in(style, f"{shape} {word or state}")

    def _in(self, style: str, text: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and text else text


def plain(text: str) -> str:
    """The text without its colours."""
    return _ANSI.sub("", text)


def wrapped(text: str, width: int, indent: str = "") -> str:
    """The text in lines that fit, those after the first indented; spaces inside a line stay as they are."""
    lines = []
    for line in text.split("\n"):
        start = 0
        while len(plain(line)) > width and (cut := _last_blank(line, width)) > start:
            lines.append(line[:cut])
            line = indent + line[cut + 1 :]
            start = len(indent)
        lines.append(line)
    return "\n".join(lines)


def _last_blank(line: str, width: int) -> int:
    """Where the line can be cut so that what is before fits; -1 when nowhere."""
    blanks = [found.start() for found in re.finditer(" ", line)]
    return max((at for at in blanks if len(plain(line[:at])) <= width), default=-1)
