"""A toy noun for the engine's tests: a lamp that is switched on in the world."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from andon.kernel.decider import Noun
from andon.kernel.errors import Refused
from andon.kernel.ids import EffectKey
from andon.kernel.refusal import CommandRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A lamp."""

    wanted: bool = False
    lit: bool = False
    broken: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LampSwitched:
    """Somebody wants it lit, or dark."""

    on: bool
    at: datetime

    def evolve(self, state: State) -> State:
        return State(wanted=self.on, since=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit:
    """It is lit."""

    def evolve(self, state: State) -> State:
        return replace(state, lit=True, since=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LampBroke:
    """It will not be lit."""

    reason: str

    def evolve(self, state: State) -> State:
        return replace(state, broken=self.reason, since=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light the lamp."""

    lane: ClassVar[str] = "ladder"
    key: EffectKey

    def failed(self, reason: str) -> ReportBroken:
        return ReportBroken(reason=reason)


def want(state: State, now: datetime) -> tuple[Light, ...]:
    busy = state.wanted and not state.lit and not state.broken
    return (Light(key=EffectKey("light")),) if busy else ()


def deadline(state: State) -> datetime | None:
    return state.since + timedelta(seconds=60) if state.since and state.wanted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Switch it."""

    on: bool

    def decide(self, state: State, now: datetime) -> tuple[LampSwitched, ...]:
        if state.broken:
            raise Refused("broken-lamp", "The lamp is broken.", "Buy another.")
        return (LampSwitched(on=self.on, at=now),) if self.on != state.wanted else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLit:
    """It is lit now."""

    def decide(self, state: State, now: datetime) -> tuple[LampLit, ...]:
        return (LampLit(),) if state.wanted and not state.lit else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBroken:
    """It cannot be lit."""

    reason: str

    def decide(self, state: State, now: datetime) -> tuple[LampBroke, ...]:
        return (LampBroke(reason=self.reason),) if not state.broken else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Its time is over."""

    def decide(self, state: State, now: datetime) -> tuple[LampBroke, ...]:
        due = deadline(state)
        return (LampBroke(reason="too late"),) if due and now >= due else ()


EVENTS = (LampSwitched, LampLit, LampBroke)
NOUN = Noun[State](
    kind="lamp",
    initial=State(),
    events=(*EVENTS, CommandRefused),
    want=want,
    deadline=deadline,
    tick=Tick(),
    is_open=lambda state: state.wanted and not state.lit,
)
