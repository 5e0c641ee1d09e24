"""What `andon measure PATH` stands on: git, and nothing else."""

from __future__ import annotations

from andon.tools.measurement.adapters.commits_git.repositories import GitCommits
from andon.tools.measurement.ports import Commits


def commits(search_path: str) -> Commits:
    """Repositories, read by the git that is found there."""
    return GitCommits(search_path)
