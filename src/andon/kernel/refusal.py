"""The event every noun shares: a command that a rule stopped. It changes no state, but it is history."""

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
