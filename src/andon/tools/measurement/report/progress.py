"""How far something long is, on a terminal and nowhere else; gone when it is done."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from andon.console.terminal import Terminal

#: what is over sooner is not worth a word
_QUIET_S = 0.4
_EVERY_S = 0.1
_WIDE = 24


class ProgressBar:
    """One line on the error stream: what is going on, and how much of it is done where that is known."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._shows = terminal.err.isatty()
        self._next = time.monotonic() + _QUIET_S
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._write("")

    def __call__(self, what: str, done: int, whole: int | None) -> None:
        """It is so far."""
        now = time.monotonic()
        if self._shows and now >= self._next:
            self._next = now + _EVERY_S
            self._shown = True
            self._write(line(what, done, whole))

    def _write(self, text: str) -> None:
        self._terminal.err.write(f"\r\x1b[K{text}")
        self._terminal.err.flush()


def line(what: str, done: int, whole: int | None) -> str:
    """ "reading commits ▓▓▓▓▓▓░░░░ 6,000 of 10,000", "asking example.org …"."""
    if not whole:
        return f"{what}  {done:,}" if done else f"{what} …"
    full = min(round(done / whole * _WIDE), _WIDE)
    return f"{what}  {'▓' * full}{'░' * (_WIDE - full)}  {done:,} of {whole:,}"
