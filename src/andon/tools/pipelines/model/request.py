"""A wish for a run: somebody asks that a commit is built again; the flow gives the run its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Noun, never, wants_nothing
from andon.kernel.ids import BranchName, CommitId, RepositoryName, RunNumber
from andon.kernel.refusal import CommandRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The wishes for one repository's runs."""

    #: how many there were
    asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequested:
    """Somebody asked for a run of a commit."""

    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    #: first line of the commit's message; "" when not known
    subject: str
    #: who wrote the commit; "" when not known
    author: str

    def evolve(self, state: State) -> State:
        return State(asked=state.asked + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNumbersReserved:
    """Numbers up to this one were given by a ledger that was lost; none of them is given again."""

    up_to: RunNumber

    def evolve(self, state: State) -> State:
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRun:
    """Ask for a run of a commit."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    subject: str
    author: str

    def decide(self, state: State, now: datetime) -> tuple[RunRequested, ...]:
        return (
            RunRequested(
                repository=self.repository,
                commit=self.commit,
                branch=self.branch,
                subject=self.subject,
                author=self.author,
            ),
        )


#: streams "requests/<repository>", and "requests/run-numbers"
NOUN = Noun[State](
    kind="requests",
    initial=State(),
    events=(RunRequested, RunNumbersReserved, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
