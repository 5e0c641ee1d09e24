"""What source tells the other tools: repositories, pushes, changes that landed on a trunk, and approvals."""

from __future__ import annotations

from andon.tools.source.model.repository import (
    ApproveChange,
    BranchPushed,
    ChangeApproved,
    ChangeLanded,
    PushedCommit,
    RepositoryCreated,
    TrunkChanged,
)

__all__ = [
    "EVENTS",
    "ApproveChange",
    "BranchPushed",
    "ChangeApproved",
    "ChangeLanded",
    "PushedCommit",
    "RepositoryCreated",
    "TrunkChanged",
]

EVENTS: tuple[type, ...] = (RepositoryCreated, BranchPushed, ChangeLanded, ChangeApproved, TrunkChanged)
