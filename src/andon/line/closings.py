"""Which repositories were archived or deleted, since when, and what of them is still being built."""

from __future__ import annotations

from andon.kernel.envelope import Envelope
from andon.kernel.ids import RepositoryName, RunNumber
from andon.tools.pipelines.events import RunFinished, RunQueued, RunRequested
from andon.tools.source.events import (
    BranchPushed,
    ChangeLanded,
    Closing,
    RepositoryArchived,
    RepositoryDeleted,
    RepositoryUnarchived,
)


class Closings:
    """A fold of what closes repositories, and of their open runs."""

    def __init__(self) -> None:
        #: with the position of the event that closed it
        self._closed: dict[RepositoryName, tuple[Closing, int]] = {}
        self._open_runs: dict[RunNumber, RepositoryName] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case RepositoryArchived() | RepositoryDeleted() as event:
                self._closed[event.repository] = event.closing, happened.position
            case RepositoryUnarchived() as event:
                self._closed.pop(event.repository, None)
            case RunQueued() as event:
                self._open_runs[event.number] = event.repository
            case RunFinished() as event:
                self._open_runs.pop(event.number, None)
            case _:
                return

    def of(self, repository: RepositoryName) -> Closing | None:
        """How it was closed; None while people may push."""
        return self._closed[repository][0] if repository in self._closed else None

    def is_deleted(self, repository: RepositoryName | None) -> bool:
        """Was it deleted?"""
        closing = self.of(repository) if repository else None
        return closing is not None and closing.kind == "deleted"

    def forbids(self, happened: Envelope[object]) -> bool:
        """Would the event start a run although its repository was closed before it?"""
        event = happened.event
        if not isinstance(event, ChangeLanded | BranchPushed | RunRequested) or event.repository not in self._closed:
            return False
        return self._closed[event.repository][1] < happened.position

    def open_runs(self, repository: RepositoryName) -> tuple[RunNumber, ...]:
        """Its runs without a verdict, oldest first."""
        return tuple(sorted(number for number, of in self._open_runs.items() if of == repository))
