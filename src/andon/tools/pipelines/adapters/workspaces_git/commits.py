"""Reads files and file lists of commits without checking them out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from andon.kernel.errors import Invalid, NotFound, Problem
from andon.kernel.ids import CommitId, RepositoryName
from andon.machine.git.git import Git
from andon.machine.git.words import GitFailed
from andon.tools.pipelines.ports import TreeEntry

BIGGEST_FILE_BYTES = 1024 * 1024
_MOST_BYTES = 64 * 1024 * 1024  #: of a list of files
_MOST_TIMES = 1000  #: of commits that are remembered
_COMMITTER = re.compile(rb"^committer [^\n]*> (-?\d{1,18})(?: |$)", re.MULTILINE)
_LAST_SECOND = 0o77777777777  #: of 2242, which a tar header can hold


class GitCommits:
    """PipelineSource over DATA/repositories/NAME.git."""

    def __init__(self, repositories: Path, search_path: str) -> None:
        self._repositories = repositories
        self._git = Git(search_path=search_path, bare=True, most_bytes=_MOST_BYTES)
        self._times: dict[CommitId, int] = {}

    async def text(self, repository: RepositoryName, commit: CommitId, path: str) -> str | None:
        """A text file of the commit; None when there is none."""
        folder = self._repositories / f"{repository}.git"
        listed = await self._listed(folder, repository, commit, path)
        if not listed:
            return None
        mode, kind, object_id, size = listed.split(b"\t")[0].split()
        if kind != b"blob" or mode == b"120000":
            raise Invalid(Problem(where=path, message="is no plain file."))
        if int(size) > BIGGEST_FILE_BYTES:
            raise Invalid(Problem(where=path, message="is bigger than 1 MiB."))
        content = await self._with_time(folder, object_id, int(size), commit)
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise Invalid(Problem(where=path, message=f"is no UTF-8 text (byte {error.start}).")) from error

    async def _with_time(self, folder: Path, object_id: bytes, size: int, commit: CommitId) -> bytes:
        """The object's content; the commit's time is asked for soon, and costs no process of its own."""
        given = b"%b\n%b\n" % (object_id, commit.encode())
        printed = await self._git.at(folder).output("cat-file", "--batch", given=given)
        begin = printed.index(b"\n") + 1
        head, _, _ = printed[begin + size :].partition(b"\n\n")
        if found := _COMMITTER.search(head):
            self._times[commit] = int(found[1])
            while len(self._times) > _MOST_TIMES:
                self._times.pop(next(iter(self._times)))
        return printed[begin : begin + size]

    async def entries(self, repository: RepositoryName, commit: CommitId) -> tuple[TreeEntry, ...]:
        """Every file of the commit."""
        folder = self._repositories / f"{repository}.git"
        listed = await self._git.at(folder).output("ls-tree", "-r", "-z", "--full-tree", commit)
        return tuple(_entry(line) for line in listed.split(b"\0") if line)

    async def committed_at(self, repository: RepositoryName, commit: CommitId) -> datetime:
        """The committer's time, kept within what an archive can carry."""
        if (known := self._times.get(commit)) is not None:
            return _time(known)
        folder = self._repositories / f"{repository}.git"
        shown = await self._git.at(folder).output("log", "-1", "--no-show-signature", "--format=%ct", commit)
        text = shown.strip().decode()
        return _time(int(text) if text.removeprefix("-").isdecimal() else 0)

    async def _listed(self, folder: Path, repository: RepositoryName, commit: CommitId, path: str) -> bytes:
        try:
            return await self._git.at(folder).output("ls-tree", "-l", "-z", "--full-tree", commit, "--", path)
        except GitFailed as error:
            raise NotFound(f"{repository} has no commit {commit}, or is no repository here.") from error


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(0, seconds), _LAST_SECOND), UTC)


def _entry(line: bytes) -> TreeEntry:
    about, _, path = line.partition(b"\t")
    mode, _, object_id = about.split()
    return TreeEntry(path=path.decode(errors="surrogateescape"), content=f"{mode.decode()} {object_id.decode()}")
