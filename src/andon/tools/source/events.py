"""What source tells the other tools: repositories, pushes, and changes that landed on a trunk."""

from __future__ import annotations

from andon.tools.source.model.repository import BranchPushed, ChangeLanded, PushedCommit, RepositoryCreated

__all__ = ["EVENTS", "BranchPushed", "ChangeLanded", "PushedCommit", "RepositoryCreated"]

EVENTS: tuple[type, ...] = (RepositoryCreated, BranchPushed, ChangeLanded)
