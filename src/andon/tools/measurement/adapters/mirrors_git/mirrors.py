"""A mirror for each repository of each connection: commits and trees' names only, walked from the heads reported."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import CommitId, RepositoryName
from andon.machine.git.git import Git
from andon.tools.measurement.adapters.mirrors_git.fetching import fetch, fetch_one, has, mirror, present
from andon.tools.measurement.model.dates import of_git
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.intake.walk import MOST_COMMITS, WalkRepository
from andon.tools.measurement.ports import WalkResult

#: commit, parents, committer time, author time, author, first line of the message; NUL between them and at the end
FORMAT = "--format=tformat:%H%x00%P%x00%ct%x00%at%x00%an%x00%s"
FIELDS = 6
_LONGEST_WORDS = 200


#: takes some commits
Take = Callable[[tuple[Commit, ...]], Awaitable[None]]


class GitMirrors:
    """The port RemoteCommits over bare repositories in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def walk(self, asked: WalkRepository, take: Take) -> WalkResult:
        """Fetch every branch, then hand on what leads to the head. Errors: PortError in git's words."""
        git = mirror(await self._mirror(asked))
        await fetch(git, asked.clone_url)
        troubles = await self._troubles(git, asked)
        return WalkResult(commits=await hand_on(git, asked, take), troubles=troubles)

    async def _mirror(self, asked: WalkRepository) -> Path:
        """Where it is: another address is another mirror."""
        key = hashlib.sha256(asked.clone_url.encode()).hexdigest()[:16]
        folder = self._folder / asked.connection / f"{asked.repository}-{key}.git"
        if not (folder / "HEAD").exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await mirror(folder).output("init", "--quiet", "--bare", "--template=")
        return folder

    async def _troubles(self, git: Git, asked: WalkRepository) -> tuple[str, ...]:
        found = []
        if not await has(git, asked.head):
            await fetch_one(git, asked.clone_url, asked.head)
        if not await has(git, asked.head):
            raise PortError(
                f"{asked.head[:7]} is in no branch of {asked.repository} any more: its history was rewritten.",
                permanent=True,
            )
        if (await git.output("rev-parse", "--is-shallow-repository")).strip() == b"true":
            found.append(f"the history of {asked.repository} is cut off where it is cloned from.")
        return tuple(found)


async def hand_on(git: Git, asked: WalkRepository, take: Take) -> int:
    """The commits that lead to the head and are not walked, some at a time; how many they were. Errors: PortError."""
    known = await present(git, asked.walked)
    given = "".join(f"{line}\n" for line in (asked.head, *(f"^{commit}" for commit in known)))
    count, fields = 0, list[bytes]()
    async with aclosing(git.lines("log", "-z", "--stdin", FORMAT, end=b"\0", given=given.encode())) as parts:
        async for part in parts:
            fields += part
            while len(fields) >= MOST_COMMITS * FIELDS:
                count += await _hand_on(fields, asked.repository, take)
    return count + await _hand_on(fields, asked.repository, take)


async def _hand_on(fields: list[bytes], repository: RepositoryName, take: Take) -> int:
    """The first commits of those that were read."""
    batch = tuple(_commits(fields[: MOST_COMMITS * FIELDS], repository))
    del fields[: MOST_COMMITS * FIELDS]
    if batch:
        await take(batch)
        await asyncio.sleep(
            0
        )  # of a batch that is known already nothing is written; others want their turn all the same
    return len(batch)


def _commits(printed: list[bytes], repository: RepositoryName) -> Iterator[Commit]:
    fields = [field.decode(errors="replace") for field in printed]
    for at in range(0, len(fields) - FIELDS + 1, FIELDS):
        id_, parents, committed, authored, author, subject = fields[at : at + FIELDS]
        yield Commit(
            repository=repository,
            id=CommitId(id_.strip()),
            parents=tuple(CommitId(parent) for parent in parents.split()),
            committed_at=of_git(committed),
            authored_at=of_git(authored),
            author=author[:_LONGEST_WORDS],
            subject=subject[:_LONGEST_WORDS],
        )
