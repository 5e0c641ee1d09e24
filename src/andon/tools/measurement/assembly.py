"""What measurement works with on this machine, and which adapters do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from andon.engine.dispatch import Performer
from andon.kernel.crash_guard import CrashGuard
from andon.kernel.ids import RepositoryName
from andon.tools.measurement import effects
from andon.tools.measurement.adapters.mirrors_git import GitMirrors, GitOwn
from andon.tools.measurement.views import Measured


def performers(
    data: Path,
    search_path: str,
    folder_of_repository: Callable[[RepositoryName], Path],
    measured: Measured,
    trying: CrashGuard,
) -> dict[type, Performer]:
    """Who does which effect; its own repositories are those that people push to."""
    own = GitOwn(folder_of_repository, search_path=search_path)
    return effects.performers(GitMirrors(data / "mirrors"), own, lambda: measured.history, trying)
