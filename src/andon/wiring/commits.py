"""What `andon measure PATH` stands on: git, and nothing else."""

from __future__ import annotations

from andon.config import ClientConfig
from andon.tools.measurement.adapters.commits_git.repositories import GitCommitReader
from andon.tools.measurement.ports import CommitReader


def commits(config: ClientConfig) -> CommitReader:
    """Repositories, read by the git that is found on its path."""
    return GitCommitReader(config.search_path)
