"""What a rule leaves behind: the event every noun shares, which is history and changes no state; and its why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused:
    """A rule said no to a command on this stream."""

    #: the command's class, in words: "request promotion"
    command: str
    rule: str
    reason: str
    remedy: str

    def evolve(self, state: S) -> S:
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRule:
    """A rule that refuses something."""

    #: its name in refusals
    id: str
    #: why it exists, and where that is written
    why: str
    #: the tool that asks it: "line", "source"
    of: str
