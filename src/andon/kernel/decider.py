"""The one shape of every noun: events fold into a state, commands decide events, the state wants effects.

A noun's module reads top to bottom: State, events with `evolve`, effects with a key, `want`, commands with `decide`,
and last its NOUN. Everything here is pure; the engine does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from andon.kernel.ids import EffectKey

S = TypeVar("S")


class Event(Protocol[S]):
    """What happened, in the past tense; knows the state it leads to."""

    def evolve(self, state: S, /) -> S: ...


class Command(Protocol[S]):
    """What is asked or reported; carries its rule. Raises Refused, or returns no events when there is nothing to do."""

    def decide(self, state: S, now: datetime, /) -> tuple[Event[S], ...]: ...


class Effect(Protocol[S]):
    """A thing to do in the world. Its key makes doing it twice harmless; `failed` reports that the world failed."""

    #: which queue of the dispatcher it waits in; "" has no limit
    lane: ClassVar[str]

    @property
    def key(self) -> EffectKey: ...

    def failed(self, reason: str, /) -> Command[S]: ...


@dataclass(frozen=True, kw_only=True)  # no slots: a generic record could not be made as Noun[State](…)
class Noun(Generic[S]):
    """One noun of the glossary, as the engine needs to know it."""

    #: first part of its stream ids: "run"
    kind: str
    #: the state of a stream without events
    initial: S
    #: every event class of its streams
    events: tuple[type[Event[S]], ...]
    #: what the world should be doing now; asked after every event, every report and every restart
    want: Callable[[S, datetime], tuple[Effect[S], ...]]
    #: when to submit `tick` next; None when nothing is in progress
    deadline: Callable[[S], datetime | None]
    #: what is submitted at the deadline; None for nouns that have none
    tick: Command[S] | None = None
    #: False when nothing can be wanted any more, so that the engine may forget the state
    is_open: Callable[[S], bool] = lambda state: False


def fold(state: S, events: Iterable[Event[S]]) -> S:
    """The state after the events."""
    for event in events:
        state = event.evolve(state)
    return state


def wants_nothing(state: S, now: datetime) -> tuple[Effect[S], ...]:
    """`want` of a noun that only remembers."""
    return ()


def never(state: S) -> datetime | None:
    """`deadline` of a noun that is never in progress."""
    return None
