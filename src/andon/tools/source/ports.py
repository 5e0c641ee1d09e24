"""What source needs from the world: git, someone who judges pushes, someone who tells what becomes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NewType, Protocol

from andon.kernel.decider import Command
from andon.kernel.errors import Refused
from andon.kernel.ids import (
    NO_CHAIN,
    Actor,
    BranchName,
    ChainId,
    CommitId,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
    StreamId,
)
from andon.tools.source.model.push import Brought, PushLimits, RefUpdate
from andon.tools.source.model.repository import Head, PushedCommit, Repository

#: the folder where git keeps a push's objects until it is accepted; "" once they are in the repository
Quarantine = NewType("Quarantine", str)
NO_QUARANTINE = Quarantine("")

GitService = Literal["git-upload-pack", "git-receive-pack"]
#: gives lines to show to the pusher, and ends when there is no more to tell
Lines = AsyncIterator[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A push that asks to be let in, or that was."""

    repository: RepositoryName
    updates: tuple[RefUpdate, ...]
    actor: Actor
    #: what the pusher may do
    permissions: frozenset[str] = frozenset()
    #: what the pusher gave with -o
    options: tuple[str, ...] = ()
    #: where its new objects are while it is judged
    quarantine: Quarantine = NO_QUARANTINE


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCall:
    """git asks whether the updates may happen ("pre-receive"), or tells that they did ("post-receive")."""

    hook: Literal["pre-receive", "post-receive"]
    updates: tuple[RefUpdate, ...]
    options: tuple[str, ...]
    quarantine: Quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class GitRequest:
    """One request of a git client, checked and without anything of HTTP that git need not know."""

    repository: RepositoryName
    service: GitService
    #: True asks what there is, False sends or fetches objects
    advertise: bool
    actor: Actor
    #: what that actor may do
    permissions: frozenset[str]
    client: str
    content_type: str = ""
    content_encoding: str = ""
    #: the Git-Protocol header: "version=2"
    protocol: str = ""


class Exchange(Protocol):
    """One running git process that answers one request, and the hooks it calls."""

    async def write(self, data: bytes) -> None:
        """Give it a part of the request's body; waits while it is busy. After its end: nothing happens."""

    def end_input(self) -> None: ...

    async def head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Status and headers of the answer. Errors: PortError when git ends without them."""

    async def read(self) -> bytes:
        """The next part of the answer's body; empty at its end."""

    async def called(self) -> HookCall | None:
        """The next call of a hook; None when git has ended."""

    async def say(self, line: str) -> None:
        """Show a line to the pusher, now, in the hook that called."""

    async def answer(self, *, accepted: bool) -> None:
        """End the hook that called."""

    async def exited(self) -> int:
        """Wait for git's end; its exit code."""

    async def stop(self) -> None:
        """End git and everything it started; whoever reads or waits then comes to an end."""

    def close(self) -> None:
        """Give back what the exchange holds, after git's end and when nobody reads any more."""


class GitRepositories(Protocol):
    """Bare git repositories on this server's disk."""

    def folder(self, repository: RepositoryName) -> Path:
        """Where the repository is, for tools that make checkouts of it; whole from the moment it is there."""

    def names(self) -> tuple[RepositoryName, ...]: ...

    async def create(self, repository: RepositoryName, trunk: BranchName) -> None:
        """An empty repository; when it exists, only its trunk is set."""

    async def remove(self, repository: RepositoryName) -> None:
        """Delete it with all its commits; what is not there is removed already. Errors: PortError."""

    async def heads(self, repository: RepositoryName) -> tuple[Head, ...]:
        """All branches, sorted by name."""

    async def log(
        self, repository: RepositoryName, commit: CommitId, *, without: CommitId | None, quarantine: Quarantine
    ) -> tuple[PushedCommit, ...]:
        """The commit and what leads to it, newest first, without what `without` contains.

        At most MOST_COMMITS; at least the commit itself.
        """

    async def blob(
        self, repository: RepositoryName, commit: CommitId, path: str, *, quarantine: Quarantine = NO_QUARANTINE
    ) -> bytes | None:
        """A file at a commit; None when there is none. Errors: Invalid when it is over 1 MiB."""

    async def changed(
        self, repository: RepositoryName, before: CommitId | None, after: CommitId, *, quarantine: Quarantine
    ) -> tuple[str, ...]:
        """Paths that differ between two commits; all of them without one before. Errors: TooMuch when they are many."""

    async def brought(
        self, repository: RepositoryName, updates: tuple[RefUpdate, ...], over_bytes: int, quarantine: Quarantine
    ) -> Brought:
        """What speaks against the push's new objects: files over the size, a history that begins in nothing."""

    async def contains(
        self, repository: RepositoryName, ancestor: CommitId, commit: CommitId, quarantine: Quarantine
    ) -> bool:
        """Whether the ancestor is the commit or leads to it."""

    def serve(self, request: GitRequest, limits: PushLimits) -> Exchange:
        """Start git for one request. Errors: PortError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A service of the repository that has, or will have, the traffic of an environment."""

    service: ServiceName
    environment: EnvironmentName


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What is concerned when a repository is archived or deleted."""

    #: without a verdict: they are cancelled
    runs: tuple[RunNumber, ...]
    #: goes on when the repository is archived, and speaks against deleting it
    serving: tuple[Serving, ...]


class Endings(Protocol):
    """Knows what other tools have of a repository."""

    def of(self, repository: RepositoryName) -> Affected: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A branch whose newest commit changes what only an operator changes."""

    branch: BranchName
    commit: CommitId
    #: those that are protected, at most a few
    paths: tuple[str, ...]
    #: whether it may land now
    is_approved: bool
    #: whether the one who asks had no hand in it
    is_anothers: bool


class Approvals(Protocol):
    """Knows what waits for another person's approval."""

    async def of(self, repository: RepositoryName, actor: Actor) -> tuple[Approval, ...]:
        """What waits in the repository, and what was approved and has not landed. Errors: PortError."""


class Judge(Protocol):
    """Rules from outside of source: files of the house that must be valid, cords, freezes."""

    async def judge(self, push: Push) -> Refused | None: ...


class Narrator(Protocol):
    """Tells what becomes of a push, as it happens, until the verdict."""

    def narrate(self, push: Push) -> Lines: ...


class Recorder(Protocol):
    """The desk, as far as source needs it."""

    async def submit(
        self, stream: StreamId, command: Command[Repository], *, actor: Actor, chain: ChainId = NO_CHAIN
    ) -> object: ...

    async def load(self, stream: StreamId) -> object: ...
