"""A repository is archived, opened again, or deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import Actor, RepositoryName
from andon.tools.source.model.closing import judge_open
from andon.tools.source.model.repository import Repository, RepositoryArchived, RepositoryDeleted, RepositoryUnarchived

#: characters
LONGEST_REASON = 500


def parse_reason(text: str) -> str:
    """Why somebody does it, on one line. Errors: Invalid."""
    reason = " ".join(text.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(f'Say why in 1 to {LONGEST_REASON} characters:  --because "…"')
    return reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRepository:
    """Refuse pushes from now on. Archived again changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("admin",)

    repository: RepositoryName
    by: Actor
    reason: str

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryArchived, ...]:
        if _is(state, self.repository, "archived"):
            return ()
        judge_open(self.repository, state.closing)
        return (RepositoryArchived(repository=self.repository, by=self.by, reason=self.reason, at=now),)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnarchiveRepository:
    """Take pushes again. What was not archived stays as it is."""

    needs: ClassVar[tuple[str, ...]] = ("admin",)

    repository: RepositoryName
    reason: str

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryUnarchived, ...]:
        if _is(state, self.repository, "archived"):
            return (RepositoryUnarchived(repository=self.repository, reason=self.reason),)
        judge_open(self.repository, state.closing)
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRepository:
    """Delete the repository; its folder goes after the event. Deleted again changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("admin",)

    repository: RepositoryName
    by: Actor
    reason: str

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryDeleted, ...]:
        if _is(state, self.repository, "deleted"):
            return ()
        return (RepositoryDeleted(repository=self.repository, by=self.by, reason=self.reason, at=now),)


def _is(state: Repository, repository: RepositoryName, kind: str) -> bool:
    """Is it archived, or deleted? Errors: NotFound."""
    if not state.exists:
        raise NotFound(f"There is no repository {repository}. See them all with: andon repository")
    return state.closing is not None and state.closing.kind == kind
