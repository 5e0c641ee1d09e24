"""Do the patterns of [protected] name files? Compared with the trunks in the background, and told until they do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

import structlog

from andon.kernel.envelope import Envelope
from andon.kernel.ids import CommitId, RepositoryName
from andon.standards.globs import matches
from andon.standards.shapes import nearest, quoted
from andon.tools.delivery.events import LineDefined
from andon.tools.source.events import ChangeLanded, RepositoryDeleted
from andon.tools.source.ports import NO_QUARANTINE, GitRepositories

log = structlog.get_logger()

MOST_COMPARED = 100_000  #: patterns times files of one repository: a second of this machine's time


class ProtectedFiles:
    """A fold of what is protected and where the trunks are; while it watches, each change is compared with git."""

    def __init__(self) -> None:
        self._globs: dict[RepositoryName, tuple[str, ...]] = {}
        self._heads: dict[RepositoryName, CommitId] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case LineDefined() as event:
                self._globs = {one.repository: one.paths for one in event.protected}
                self._changed.set()
            case ChangeLanded() as event:
                self._heads[event.repository] = event.commit
                if event.repository in self._globs:
                    self._changed.set()
            case RepositoryDeleted() as event:
                self._heads.pop(event.repository, None)
            case _:
                return

    def begin(self, repositories: GitRepositories, tell: Callable[[tuple[str, ...]], None]) -> None:
        """Watch, until it is stopped; `tell` gets a sentence for each pattern that matches nothing."""
        self._task = asyncio.create_task(self._watch(repositories, tell), name="protected files")

    async def stop(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self, repositories: GitRepositories, tell: Callable[[tuple[str, ...]], None]) -> None:
        while await self._changed.wait():
            self._changed.clear()
            tell(await self.unmatched(repositories))

    async def unmatched(self, repositories: GitRepositories) -> tuple[str, ...]:
        """The sentences; a repository that cannot be read now is compared with its next change."""
        found: list[str] = []
        for repository, globs in tuple(self._globs.items()):
            try:
                found += await self._unmatched(repositories, repository, globs)
            except Exception as error:  # noqa: BLE001  (one repository's fault must not end the comparison of all)
                log.warning("protected patterns were not compared", repository=repository, error=str(error))
        return tuple(found)

    async def _unmatched(
        self, repositories: GitRepositories, repository: RepositoryName, globs: tuple[str, ...]
    ) -> list[str]:
        head = self._heads.get(repository)
        if head is None:
            return []
        paths = await repositories.changed(repository, None, head, quarantine=NO_QUARANTINE)
        return await asyncio.to_thread(_told, repository, globs, paths)


def _told(repository: RepositoryName, globs: Sequence[str], paths: Collection[str]) -> list[str]:
    """A sentence for each pattern without a file; nothing where comparing takes too long."""
    idle = () if len(globs) * len(paths) > MOST_COMPARED else (one for one in globs if not _matches(one, paths))
    return [
        f"line.toml protects {quoted(glob)} of {repository}, which matches no file of it. {_meant(glob, paths)}"
        for glob in idle
    ]


def _matches(glob: str, paths: Collection[str]) -> bool:
    return any(matches(path, glob) for path in paths)


def _meant(glob: str, paths: Collection[str]) -> str:
    """The pattern with the nearest name at its beginning, where that matches something."""
    first, slash, rest = glob.partition("/")
    near = nearest(first, {path.partition("/")[0] for path in paths})
    meant = f"{near}{slash}{rest}" if near else glob
    return f"Did you mean {quoted(meant)}?" if _matches(meant, paths) else "It protects what comes later."
