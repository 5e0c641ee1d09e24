"""The line: the environments in their order, and where services stand in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from andon.kernel.decider import Effect, Event, Noun
from andon.kernel.ids import CommitId, EffectKey, EnvironmentName, RepositoryName, ServiceName, StreamId, stream
from andon.kernel.refusal import CommandRefused

KIND = "line"
LINE_STREAM: StreamId = stream(KIND, "main")
READ_WITHIN = timedelta(minutes=2)

Promotion = Literal["automatic", "manual"]
Events = tuple[Event["State"], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSpec:
    """One environment of the line."""

    name: EnvironmentName
    #: automatic: what was verified before it enters at once; manual: when somebody promotes it
    promotion: Promotion
    #: how long requests that began before a switch may take
    drain: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlacement:
    """How one service stands in one environment, where it differs from the default."""

    service: ServiceName
    environment: EnvironmentName
    #: of the router, on loopback; 0 lets it choose
    port: int
    config: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOwner:
    """The repository that a service comes from, whoever publishes it first."""

    service: ServiceName
    repository: RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedPaths:
    """Files of a repository's trunk that only an operator changes, or lets change."""

    repository: RepositoryName
    #: globs below the repository: "deploy/**"
    paths: tuple[str, ...]


#: the line of a server that was not told otherwise
DEFAULT_ENVIRONMENTS = (
    EnvironmentSpec(name=EnvironmentName("test"), promotion="automatic", drain=timedelta(seconds=5)),
    EnvironmentSpec(name=EnvironmentName("production"), promotion="manual", drain=timedelta(seconds=5)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The line as it is, and a change of it that is yet to be read."""

    #: None until a file defined it
    commit: CommitId | None = None
    environments: tuple[EnvironmentSpec, ...] = DEFAULT_ENVIRONMENTS
    placements: tuple[ServicePlacement, ...] = ()
    owners: tuple[ServiceOwner, ...] = ()
    protected: tuple[ProtectedPaths, ...] = ()
    reading: CommitId | None = None
    by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChangeSeen:
    """The line's file changed."""

    commit: CommitId
    #: when it must have been read
    by: datetime

    def evolve(self, state: State) -> State:
        return replace(state, reading=self.commit, by=self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDefined:
    """The line is as its file says."""

    commit: CommitId
    #: in their order
    environments: tuple[EnvironmentSpec, ...]
    placements: tuple[ServicePlacement, ...]
    owners: tuple[ServiceOwner, ...] = ()
    protected: tuple[ProtectedPaths, ...] = ()
    #: environments that were in the line before
    removed: tuple[EnvironmentName, ...] = ()

    def evolve(self, state: State) -> State:
        return State(
            commit=self.commit,
            environments=self.environments,
            placements=self.placements,
            owners=self.owners,
            protected=self.protected,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRejected:
    """The file cannot be used; the line stays as it was."""

    commit: CommitId
    reason: str

    def evolve(self, state: State) -> State:
        return replace(state, reading=None, by=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """Read the line's file at a commit."""

    lane: ClassVar[str] = ""
    commit: CommitId

    @property
    def key(self) -> EffectKey:
        return _key(self.commit)

    def failed(self, reason: str) -> ReportUnreadable:
        return ReportUnreadable(key=self.key, reason=reason)


def want(state: State, now: datetime) -> tuple[Effect[State], ...]:
    """The newest change, read."""
    return (ReadLine(commit=state.reading),) if state.reading else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLineAt:
    """The line's file is at this commit now."""

    commit: CommitId

    def decide(self, state: State, now: datetime) -> Events:
        known = state.reading or state.commit
        return () if known == self.commit else (LineChangeSeen(commit=self.commit, by=now + READ_WITHIN),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUnreadable:
    """The file could not be had."""

    key: EffectKey
    reason: str

    def decide(self, state: State, now: datetime) -> Events:
        if state.reading is None or self.key != _key(state.reading):
            return ()
        return (LineRejected(commit=state.reading, reason=self.reason),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The time for reading may be over."""

    def decide(self, state: State, now: datetime) -> Events:
        if state.reading is None or state.by is None or now < state.by:
            return ()
        return (LineRejected(commit=state.reading, reason="it could not be read within 2 minutes"),)


def _key(commit: CommitId) -> EffectKey:
    return EffectKey(f"read-line/{commit}")


NOUN: Noun[State] = Noun(
    kind=KIND,
    initial=State(),
    events=(LineChangeSeen, LineDefined, LineRejected, CommandRefused),
    want=want,
    deadline=lambda state: state.by,
    tick=Tick(),
    is_open=lambda state: state.reading is not None,
)
