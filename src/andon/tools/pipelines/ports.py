"""What pipelines need from the world: commits, checkouts, processes, logs, a packer, and the memory of earlier runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from andon.kernel.ids import BranchName, CommitId, Digest, RepositoryName, RunNumber, TaskName
from andon.kernel.limits import NOTHING_ASKED, AskedLimits
from andon.tools.pipelines.model.network import HostContact, Network
from andon.tools.pipelines.model.pipeline import ArtifactSpec, ServiceSpec
from andon.tools.pipelines.model.run_state import TestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One file of a commit."""

    #: below the repository, with slashes
    path: str
    #: git's mode and object id: equal when mode and content are
    content: str


class PipelineSource(Protocol):
    """Reads from a commit without checking it out. Errors: NotFound (no such commit), PortError."""

    async def text(self, repository: RepositoryName, commit: CommitId, path: str) -> str | None:
        """A text file of the commit; None when there is none. Errors: Invalid when it is too big or not UTF-8."""
        ...

    async def entries(self, repository: RepositoryName, commit: CommitId) -> tuple[TreeEntry, ...]:
        """Every file of the commit."""
        ...

    async def committed_at(self, repository: RepositoryName, commit: CommitId) -> datetime:
        """The committer's time, which the commit's files carry; between 1970 and 2242 whatever the commit says."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A commit's files for one task run, as the repository has them and nothing else."""

    #: folder on this machine
    path: str
    #: several task runs read it, so what a task writes must go elsewhere
    is_shared: bool


class Workspaces(Protocol):
    """Checkouts of one commit, for as long as a run lasts. Errors: NotFound (no such commit), PortError."""

    async def shared(self, run: RunNumber, repository: RepositoryName, commit: CommitId) -> Tree:
        """The run's checkout, made once."""
        ...

    async def own(self, run: RunNumber, task: TaskName, repository: RepositoryName, commit: CommitId) -> Tree:
        """A checkout for one task run, made anew unless it is there already."""
        ...

    async def some(
        self, run: RunNumber, task: TaskName, repository: RepositoryName, commit: CommitId, inputs: tuple[str, ...]
    ) -> Tree:
        """A checkout for one task run that holds the files which the patterns name, and no others."""
        ...

    async def inside(self, run: RunNumber, task: TaskName, path: str) -> str:
        """Where a path of its own checkout leads. Errors: Invalid when that is missing or outside."""
        ...

    async def remove(self, run: RunNumber) -> None:
        """No checkout of the run is left, nor anything its tasks wrote beside their logs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A person's working copy as a commit."""

    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    #: of the last commit; says so when there are changes that are not committed
    subject: str
    author: str


class Snapshots(Protocol):
    """Makes commits of working copies without changing them. Errors: PortError."""

    async def take(self, folder: str, repository: RepositoryName) -> Snapshot:
        """The working copy as it is now: all files that git would add; the workspaces then know the commit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One task run as the runner sees it; run and task are its key."""

    run: RunNumber
    task: TaskName
    #: given to `sh -e -c`
    command: str
    #: names and values beside the runner's own clean environment
    env: tuple[tuple[str, str], ...]
    network: Network
    #: after this it is killed whole
    timeout: timedelta
    tree: Tree
    limits: AskedLimits = NOTHING_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a task's process ended."""

    #: None when no process of it left a result, or it exceeded a limit: see `why`
    exit_code: int | None
    #: what happened to it, or was denied to it, in words; "" when it ended by itself
    why: str
    took: timedelta
    #: folder that holds what the task wrote
    written: str
    #: whom it talked to, or tried to
    hosts: tuple[HostContact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What the runner can isolate on this machine."""

    #: processes, network and files are kept apart
    is_isolated: bool
    #: a task can write over a shared tree without changing it
    has_overlay: bool
    #: why not, and what to do about it; "" when all is well
    reason: str


class TaskRunner(Protocol):
    """Runs processes that outlive the server. Errors: PortError."""

    async def sandbox(self) -> Sandbox:
        """What this machine allows; tried once."""
        ...

    async def start(self, job: Job) -> datetime:
        """The job's process runs, or has run: an earlier one of the same key is taken over. Returns since when."""
        ...

    async def wait(self, job: Job) -> Ended:
        """Wait for its end; kill it whole at its timeout. Cancelling this only stops waiting."""
        ...

    async def kill(self, run: RunNumber, task: TaskName) -> Ended:
        """No process of it is alive."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSummary:
    """A finished log in figures."""

    size_bytes: int
    #: a last line without an end counts
    lines: int
    #: sha256 in hex
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a log as text; bytes that are no UTF-8 are replaced."""

    #: counted from 1
    number: int
    text: str
    #: bytes left out at its end, because it is too long to show
    cut_bytes: int = 0
    #: when it was printed, within a tenth of a second; None where nobody noted it
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWindow:
    """Some lines of a log, and how long it is by now."""

    lines: tuple[LogLine, ...]
    total_lines: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMatches:
    """Lines that hold a text."""

    lines: tuple[LogLine, ...]
    #: there are more than were asked for
    has_more: bool


class Logs(Protocol):
    """What tasks print: bytes as they came. Errors: NotFound when there is no such log."""

    async def summary(self, run: RunNumber, task: TaskName) -> LogSummary:
        """Size, lines and digest of a log that nobody writes to any more; zeros when there is none."""
        ...

    async def window(self, run: RunNumber, task: TaskName, *, first: int, count: int) -> LogWindow:
        """`count` lines from line `first`, counted from 1; a negative `first` counts from the end."""
        ...

    async def search(self, run: RunNumber, task: TaskName, *, text: str, after: int, limit: int) -> LogMatches:
        """The next lines after line `after` that hold the text."""
        ...

    async def read(self, run: RunNumber, task: TaskName, *, offset: int, size: int) -> bytes:
        """Bytes from an offset, with secrets masked."""
        ...

    def tail(
        self, run: RunNumber, task: TaskName, *, offset: int, ended: Callable[[], bool]
    ) -> AsyncIterator[tuple[int, bytes]]:
        """Bytes from an offset, with their offset, as they come, until `ended` and all was given."""
        ...

    async def note(self, run: RunNumber, task: TaskName, text: str) -> None:
        """Add a line of our own to a log; it begins with "andon:"."""
        ...


class Reports(Protocol):
    """Finds and reads the JUnit files that a task wrote."""

    async def read(self, folder: str, globs: tuple[str, ...]) -> TestCounts:
        """All of them together, with a warning for each that cannot be read. Errors: Invalid when no file matches."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """For which task of which run an earlier result is looked for."""

    repository: RepositoryName
    task: TaskName
    branch: BranchName
    #: of the branch that is built
    is_trunk: bool


class ReuseIndex(Protocol):
    """Remembers which inputs were green before."""

    def green_run(self, asking: Asking, input_digest: str) -> RunNumber | None:
        """The newest run in which the task really ran with these inputs and was green.

        For the trunk only runs of the trunk count; for another branch those, and its own.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRequest:
    """What to make an artifact of, and what to say about its making."""

    run: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    artifact: ArtifactSpec
    service: ServiceSpec | None
    #: folder or file that holds the artifact's files, inside the task's checkout, links resolved
    folder: str
    #: when the run was queued
    started_at: datetime
    #: the time that packed files carry
    committed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An artifact that is in the registry."""

    digest: Digest
    size_bytes: int
    #: digest of the signed statement how it was made
    provenance: Digest


class ArtifactPacker(Protocol):
    """Makes an image of a folder and pushes it; the same content gives the same digest."""

    async def pack(self, request: PackRequest) -> Packed:
        """Packed, pushed and attested. Errors: Invalid when the content can't be packed; PortError."""
        ...
