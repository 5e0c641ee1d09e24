"""What source works with on this machine; the only module of it that names its adapters."""

from __future__ import annotations

from pathlib import Path

from andon.tools.source.adapters.repositories_git import BareRepositories


def git_repositories(data: Path, search_path: str) -> BareRepositories:
    """The repositories that people push to."""
    return BareRepositories(data / "repositories", search_path=search_path)
