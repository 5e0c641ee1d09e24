"""A name that services and artifacts are published under, and its handing over from one repository to another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.ids import RepositoryName, StreamId, stream
from andon.kernel.refusal import CommandRefused

KIND = "name"
NO_REPOSITORY = RepositoryName("")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """To whom a name was given."""

    #: "" while it belongs to whoever published it first
    repository: RepositoryName = NO_REPOSITORY


@dataclass(frozen=True, slots=True, kw_only=True)
class NameHandedOver:
    """From now on this repository alone publishes under the name."""

    name: str
    repository: RepositoryName
    #: whose it was
    before: RepositoryName

    def evolve(self, state: State) -> State:
        return replace(state, repository=self.repository)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Give a name to another repository; what it published so far goes on running."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    name: str
    repository: RepositoryName
    before: RepositoryName

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        if self.repository == (state.repository or self.before):
            return ()
        return (NameHandedOver(name=self.name, repository=self.repository, before=self.before),)


def name_stream(name: str) -> StreamId:
    """The stream of a name."""
    return stream(KIND, name)


NOUN: Noun[State] = Noun(
    kind=KIND,
    initial=State(),
    events=(NameHandedOver, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
