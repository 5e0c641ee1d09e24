"""What `andon measure PATH` stands on: git, and nothing else."""

from __future__ import annotations

from andon.config import ClientConfig
from andon.tools.measurement.adapters.commits_git.repositories import GitCommits
from andon.tools.measurement.ports import Commits


def commits(config: ClientConfig) -> Commits:
    """Repositories, read by the git that is found on its path."""
    return GitCommits(config.search_path)
