"""This server's own repositories: nothing is fetched, for every commit is here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from andon.kernel.ids import RepositoryName
from andon.machine.git.git import Git
from andon.tools.measurement.adapters.mirrors_git.fetching import LOOK_UP_WITHIN
from andon.tools.measurement.adapters.mirrors_git.mirrors import Take, hand_on
from andon.tools.measurement.model.intake.walk import WalkRepository
from andon.tools.measurement.ports import WalkResult


class GitOwn:
    """The port OwnCommits over bare repositories, which it only reads."""

    def __init__(self, folder_of: Callable[[RepositoryName], Path], *, search_path: str) -> None:
        self._folder_of = folder_of
        self._search_path = search_path

    async def walk(self, asked: WalkRepository, take: Take) -> WalkResult:
        """Hand on what leads to the head. Errors: PortError in git's words."""
        git = Git(
            folder=self._folder_of(asked.repository), search_path=self._search_path, bare=True, timeout=LOOK_UP_WITHIN
        )
        return WalkResult(commits=await hand_on(git, asked, take))
