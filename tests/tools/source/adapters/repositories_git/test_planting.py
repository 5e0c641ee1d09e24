"""A first commit that the server itself makes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from andon.kernel.ids import RepositoryName
from andon.machine.git.git import Git
from andon.tools.source.adapters.repositories_git import BareRepositories
from andon.tools.source.adapters.repositories_git.planting import plant
from andon.tools.source.ports import NO_QUARANTINE

pytestmark = pytest.mark.anyio

LINE = RepositoryName("line")


async def test_a_repository_is_planted_once(tmp_path: Path) -> None:
    """An empty one gets its first commit; one that has commits is left alone."""
    repositories = BareRepositories(tmp_path / "bare", search_path=os.environ["PATH"])
    await repositories.prepare()
    git = Git(home=tmp_path / "bare" / ".home", search_path=os.environ["PATH"])

    assert await plant(repositories, git, LINE, {"line.toml": "schema = 1\n"}, "Define the line")
    assert not await plant(repositories, git, LINE, {"line.toml": "schema = 2\n"}, "Define it again")

    (head,) = await repositories.heads(LINE)
    (commit,) = await repositories.log(LINE, head.commit, without=None, quarantine=NO_QUARANTINE)
    assert (head.branch, commit.subject, commit.author) == ("main", "Define the line", "Andon")
    assert await repositories.blob(LINE, head.commit, "line.toml") == b"schema = 1\n"
