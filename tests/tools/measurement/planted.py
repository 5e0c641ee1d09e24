"""Repositories of every shape that a measurement may meet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from andon.testing.git_history import GitHistory
from andon.tools.measurement.adapters.commits_git.repositories import GitCommitReader
from andon.tools.measurement.reading import RepositoryReading, RepositoryRequest, read

SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
DAY = 86400
#: 2026-01-01
BEGIN = 1_767_225_600
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def at(day: float) -> int:
    """Seconds since 1970 of a day counted from 2026-01-01."""
    return BEGIN + round(day * DAY)


def steady(releases: int = 20) -> GitHistory:
    """A commit a day and a release half a day after it."""
    history = GitHistory()
    before: tuple[str, ...] = ()
    for day in range(releases):
        history.commit(f"c{day}", *before, at=at(day))
        history.tag(f"v1.{day}", f"c{day}", at(day + 0.5))
        before = (f"c{day}",)
    return history


def reading(history: GitHistory, folder: Path, **wanted: object) -> RepositoryReading:
    """The repository, written and read."""
    return read_at(history.write(folder / "shop"), **wanted)


def read_at(folder: Path, **wanted: object) -> RepositoryReading:
    """A repository that is there."""
    commits = GitCommitReader(SEARCH_PATH)
    return read(commits, RepositoryRequest(where=str(folder), **wanted), NOW, lambda *_: None)  # type: ignore[arg-type]  # as given
