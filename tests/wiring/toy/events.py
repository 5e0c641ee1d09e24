"""What toy tells: the bell rang."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.refusal import CommandRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """How often it rang."""

    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRang:
    """Somebody rang."""

    stored_as: ClassVar[str] = "toy.BellRang"

    def evolve(self, state: Bell) -> Bell:
        return Bell(count=state.count + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBell:
    """Ring."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    def decide(self, state: Bell, now: datetime) -> tuple[Event[Bell], ...]:
        return (BellRang(),)


EVENTS: tuple[type, ...] = (BellRang,)
NOUN: Noun[Bell] = Noun(
    kind="bell", initial=Bell(), events=(BellRang, CommandRefused), want=wants_nothing, deadline=never
)
