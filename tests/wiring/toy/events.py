"""What toy tells: the bell rang."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun, never
from andon.kernel.ids import EffectKey
from andon.kernel.refusal import CommandRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """How often it rang."""

    count: int = 0
    #: how often it echoed
    echoes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRang:
    """Somebody rang."""

    stored_as: ClassVar[str] = "toy.BellRang"

    def evolve(self, state: Bell) -> Bell:
        return replace(state, count=state.count + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellEchoed:
    """The tower answered."""

    stored_as: ClassVar[str] = "toy.BellEchoed"

    def evolve(self, state: Bell) -> Bell:
        return replace(state, echoes=state.echoes + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBell:
    """Ring."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    def decide(self, state: Bell, now: datetime) -> tuple[Event[Bell], ...]:
        return (BellRang(),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEcho:
    """Report an echo, or that there was none."""

    #: when the tower began to listen
    since: datetime | None = None

    def decide(self, state: Bell, now: datetime) -> tuple[Event[Bell], ...]:
        return (BellEchoed(),) if self.since and state.echoes < state.count else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Let the tower answer."""

    lane: ClassVar[str] = ""
    number: int

    @property
    def key(self) -> EffectKey:
        return EffectKey(f"echo/{self.number}")

    def failed(self, reason: str) -> RecordEcho:
        return RecordEcho()


def want(state: Bell, now: datetime) -> tuple[Echo, ...]:
    """An echo for each time that it rang."""
    return (Echo(number=state.count),) if state.echoes < state.count else ()


EVENTS: tuple[type, ...] = (BellRang, BellEchoed)
NOUN: Noun[Bell] = Noun(
    kind="bell", initial=Bell(), events=(BellRang, BellEchoed, CommandRefused), want=want, deadline=never
)
