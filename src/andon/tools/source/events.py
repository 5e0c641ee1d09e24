"""What source tells the other tools: repositories, their end, pushes, changes that landed on a trunk, approvals."""

from __future__ import annotations

from andon.tools.source.model.closing import Closing
from andon.tools.source.model.removal import ArchiveRepository, DeleteRepository
from andon.tools.source.model.repository import (
    BranchPushed,
    ChangeApproved,
    ChangeLanded,
    PushedCommit,
    RepositoryArchived,
    RepositoryCreated,
    RepositoryDeleted,
    RepositoryUnarchived,
    TrunkChanged,
)
from andon.tools.source.model.repository_commands import ApproveChange

__all__ = [
    "EVENTS",
    "ApproveChange",
    "ArchiveRepository",
    "BranchPushed",
    "ChangeApproved",
    "ChangeLanded",
    "Closing",
    "DeleteRepository",
    "PushedCommit",
    "RepositoryArchived",
    "RepositoryCreated",
    "RepositoryDeleted",
    "RepositoryUnarchived",
    "TrunkChanged",
]

EVENTS: tuple[type, ...] = (
    RepositoryCreated,
    BranchPushed,
    ChangeLanded,
    ChangeApproved,
    TrunkChanged,
    RepositoryArchived,
    RepositoryUnarchived,
    RepositoryDeleted,
)
