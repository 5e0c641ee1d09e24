"""A person's working copy as a commit of a repository of our own; theirs gets no object, no index, no ref of it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import BranchName, CommitId, RepositoryName
from andon.machine.git.git import PROTOCOLS, Git
from andon.machine.git.words import GitFailed
from andon.tools.pipelines.ports import Snapshot

#: git's own words for "nobody in particular"
_NOBODY = {"GIT_COMMITTER_NAME": "andon", "GIT_COMMITTER_EMAIL": "andon@localhost"}
_NOBODY |= {"GIT_AUTHOR_NAME": "andon", "GIT_AUTHOR_EMAIL": "andon@localhost"}


class GitSnapshots:
    """Snapshots into DATA/repositories/NAME.git, which borrows the objects of the person's repository."""

    def __init__(self, repositories: Path) -> None:
        self._repositories = repositories
        # the person's own settings decide what git would add
        self._theirs = Git(search_path=None, protocols=PROTOCOLS)

    async def take(self, folder: str, repository: RepositoryName) -> Snapshot:
        """The working copy as it is now."""
        return await asyncio.to_thread(self._take, Path(folder), repository)

    def _take(self, folder: Path, repository: RepositoryName) -> Snapshot:
        bare = self._repositories / f"{repository}.git"
        bare.mkdir(parents=True)
        self._git(bare, "init", "--quiet", "--bare", ".")
        lent = folder / self._git(folder, "rev-parse", "--git-path", "objects")
        (bare / "objects" / "info" / "alternates").write_text(f"{lent.resolve()}\n")
        tree = self._tree(folder, bare, lent)
        head = self._git(folder, "rev-parse", "--verify", "--quiet", "HEAD", may_fail=True)
        subject, _, author = self._last(folder, head).partition("\0")
        branch = self._git(folder, "symbolic-ref", "--quiet", "--short", "HEAD", may_fail=True) or "HEAD"
        if head and self._git(folder, "rev-parse", f"{head}^{{tree}}") == tree:
            commit = head
        else:
            subject = f"changes after: {subject}" if subject else "changes that are not committed"
            commit = self._commit(bare, tree, head, subject)
        return Snapshot(
            repository=repository,
            commit=CommitId(commit),
            branch=BranchName(branch),
            subject=subject,
            author=author,
        )

    def _tree(self, folder: Path, bare: Path, lent: Path) -> str:
        """Id of the tree that `git add -A` would stage."""
        index = bare / "snapshot.index"
        known = folder / self._git(folder, "rev-parse", "--git-path", "index")
        if known.is_file():
            shutil.copyfile(known, index)  # spares reading what has not changed
        ours = {
            "GIT_INDEX_FILE": str(index),
            "GIT_OBJECT_DIRECTORY": str(bare / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(lent.resolve()),
        }
        self._git(folder, "add", "--all", env=ours)
        return self._git(folder, "write-tree", env=ours)

    def _last(self, folder: Path, head: str) -> str:
        return self._git(folder, "log", "-1", "--format=%s%x00%an", head) if head else ""

    def _commit(self, bare: Path, tree: str, head: str, subject: str) -> str:
        parents = ("-p", head) if head else ()
        return self._git(bare, "commit-tree", *parents, "-m", subject, tree, env=_NOBODY)

    def _git(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None, may_fail: bool = False) -> str:
        try:
            return os.fsdecode(self._theirs.at(folder).output_now(*arguments, env=env)).strip()
        except GitFailed as error:
            if may_fail:
                return ""
            message = f"git could not take a snapshot of {folder}: {error.said or f'exit code {error.code}'}"
            raise PortError(message, permanent=True) from error
