"""The walk of a repository: which heads were reported, and from which git has been walked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from andon.kernel.decider import Event, Noun
from andon.kernel.ids import CommitId, EffectKey, RepositoryName
from andon.kernel.refusal import CommandRefused
from andon.tools.measurement.model.facts import Commit

#: the connection of this server's own repositories: no name that anybody can choose
OWN = "_own"
#: commits of one event
MOST_COMMITS = 500
#: of fetching and walking together; a first fetch of a large repository is slow
WALK_WITHIN = timedelta(minutes=30)
LONGEST_REASON = 500
#: walked heads that are remembered: what can be reached from them is known
REMEMBERED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitsWalk:
    """How far one repository of one connection is walked."""

    #: "" before anything was asked
    clone_url: str = ""
    connection: str = ""
    repository: RepositoryName | None = None
    #: from where git is being walked; None when nothing is asked for
    head: CommitId | None = None
    #: the newest head that was reported meanwhile: a walk that has begun is not given up for it
    following: CommitId | None = None
    #: when that must be done
    by: datetime | None = None
    #: heads that are walked, the newest last
    walked: tuple[CommitId, ...] = ()
    #: why the last walk failed; "" when it did not
    trouble: str = ""

    @property
    def is_own(self) -> bool:
        """Is it one of this server's own?"""
        return self.connection == OWN

    @property
    def since(self) -> datetime | None:
        """When the walk under way was begun; None when it rests."""
        return self.by - WALK_WITHIN if self.head and self.by else None

    def ended(self, following_by: datetime | None, trouble: str = "") -> CommitsWalk:
        """The walk under way is over; the one that waited begins."""
        return replace(self, head=self.following, following=None, by=following_by, trouble=trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkAsked:
    """A head was reported whose commits are not known."""

    connection: str
    repository: RepositoryName
    clone_url: str
    head: CommitId
    #: when it must be walked
    by: datetime

    def evolve(self, state: CommitsWalk) -> CommitsWalk:
        known = replace(state, connection=self.connection, repository=self.repository, clone_url=self.clone_url)
        return replace(known, following=self.head) if state.head else replace(known, head=self.head, by=self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitsWalked:
    """Commits were read by git, some of those that can be reached from a head."""

    connection: str
    repository: RepositoryName
    commits: tuple[Commit, ...]

    def evolve(self, state: CommitsWalk) -> CommitsWalk:
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadWalked:
    """Everything that can be reached from a head is known."""

    connection: str
    repository: RepositoryName
    head: CommitId
    #: commits that were new
    commits: int
    #: what a person should know: "the history is shallow"
    troubles: tuple[str, ...] = ()
    #: when the walk that waited must be done; None when none does
    following_by: datetime | None = None

    def evolve(self, state: CommitsWalk) -> CommitsWalk:
        kept = (*state.walked[1 - REMEMBERED :], self.head)
        return replace(state, walked=kept).ended(self.following_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkFailed:
    """A head could not be walked; the next one that is reported is tried again."""

    connection: str
    repository: RepositoryName
    head: CommitId
    reason: str
    #: when the walk that waited must be done; None when none does
    following_by: datetime | None = None

    def evolve(self, state: CommitsWalk) -> CommitsWalk:
        return state.ended(self.following_by, self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRepository:
    """Fetch the repository, and read the commits that can be reached from the head and are not known."""

    lane: ClassVar[str] = "walk"

    connection: str
    repository: RepositoryName
    clone_url: str
    head: CommitId
    #: what can be reached from these is known
    walked: tuple[CommitId, ...]

    @property
    def key(self) -> EffectKey:
        """Doing it twice tells the same commits."""
        return walk_key(self.connection, self.repository, self.head)

    def failed(self, reason: str) -> FailWalk:
        return FailWalk(key=self.key, head=self.head, reason=reason)


def walk_key(connection: str, repository: str, head: CommitId) -> EffectKey:
    """Of walking from one head."""
    return EffectKey(f"walk/{connection}/{repository}/{head}")


def want(state: CommitsWalk, now: datetime) -> tuple[WalkRepository, ...]:
    """The walk that was asked for; one at a time."""
    if state.head is None or state.repository is None:
        return ()
    return (
        WalkRepository(
            connection=state.connection,
            repository=state.repository,
            clone_url=state.clone_url,
            head=state.head,
            walked=state.walked,
        ),
    )


def deadline(state: CommitsWalk) -> datetime | None:
    """When the walk has taken too long."""
    return state.by


def is_wanted(state: CommitsWalk, key: EffectKey) -> bool:
    """Does a report answer what is asked for now?"""
    return state.head is not None and key == walk_key(state.connection, state.repository or "", state.head)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWalk:
    """Somebody told of a head. A newer one takes the place of the one that waits; a known one changes nothing."""

    connection: str
    repository: RepositoryName
    clone_url: str
    head: CommitId

    def decide(self, state: CommitsWalk, now: datetime) -> tuple[Event[CommitsWalk], ...]:
        if self.head in {*state.walked, state.head, state.following}:
            return ()
        return (
            WalkAsked(
                connection=self.connection,
                repository=self.repository,
                clone_url=self.clone_url,
                head=self.head,
                by=now + WALK_WITHIN,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCommits:
    """Report some of the commits; those recorded already change nothing."""

    key: EffectKey
    commits: tuple[Commit, ...]

    def decide(self, state: CommitsWalk, now: datetime) -> tuple[Event[CommitsWalk], ...]:
        if not is_wanted(state, self.key) or state.repository is None or not self.commits:
            return ()
        return (CommitsWalked(connection=state.connection, repository=state.repository, commits=self.commits),)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishWalk:
    """Report that every commit was recorded."""

    key: EffectKey
    head: CommitId
    commits: int
    troubles: tuple[str, ...] = ()

    def decide(self, state: CommitsWalk, now: datetime) -> tuple[Event[CommitsWalk], ...]:
        if not is_wanted(state, self.key) or state.repository is None:
            return ()
        return (
            HeadWalked(
                connection=state.connection,
                repository=state.repository,
                head=self.head,
                commits=self.commits,
                troubles=self.troubles,
                following_by=_following_by(state, now),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FailWalk:
    """Report that it cannot be done."""

    key: EffectKey
    head: CommitId
    reason: str

    def decide(self, state: CommitsWalk, now: datetime) -> tuple[Event[CommitsWalk], ...]:
        return _failed(state, self.reason, now) if is_wanted(state, self.key) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkTick:
    """The time of the walk is over."""

    def decide(self, state: CommitsWalk, now: datetime) -> tuple[Event[CommitsWalk], ...]:
        if state.by is None or now < state.by:
            return ()
        return _failed(state, f"it was not done within {WALK_WITHIN.seconds // 60} min", now)


def _failed(state: CommitsWalk, reason: str, now: datetime) -> tuple[Event[CommitsWalk], ...]:
    if state.head is None or state.repository is None:
        return ()
    return (
        WalkFailed(
            connection=state.connection,
            repository=state.repository,
            head=state.head,
            reason=reason[:LONGEST_REASON],
            following_by=_following_by(state, now),
        ),
    )


def _following_by(state: CommitsWalk, now: datetime) -> datetime | None:
    return now + WALK_WITHIN if state.following else None


NOUN: Noun[CommitsWalk] = Noun(
    kind="walk",
    initial=CommitsWalk(),
    events=(WalkAsked, CommitsWalked, HeadWalked, WalkFailed, CommandRefused),
    want=want,
    deadline=deadline,
    tick=WalkTick(),
    is_open=lambda state: state.head is not None,
)
