"""A first commit in a new repository, made by the server itself."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from andon.kernel.ids import BranchName, RepositoryName
from andon.machine.git.git import Git
from andon.tools.source.adapters.repositories_git.repositories import BareRepositories

TRUNK = BranchName("main")
_AUTHOR = ("-c", "user.name=Andon", "-c", "user.email=andon@localhost")


async def plant(
    repositories: BareRepositories, git: Git, repository: RepositoryName, files: Mapping[str, str], message: str
) -> bool:
    """Give a repository that is empty, or not there, a first commit with these files; False when it has commits.

    Errors: PortError.
    """
    await repositories.create(repository, TRUNK)
    if await repositories.heads(repository):
        return False
    with tempfile.TemporaryDirectory() as folder:
        await asyncio.to_thread(_write, Path(folder), files)
        bare = repositories.folder(repository)
        there = replace(git.at(bare), bare=True)
        await there.output(f"--work-tree={folder}", "add", "--", *files)
        await there.output(f"--work-tree={folder}", *_AUTHOR, "commit", "--quiet", "-m", message)
        (bare / "index").unlink(missing_ok=True)
    return True


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)
