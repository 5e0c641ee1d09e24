"""What landed in git and could not be recorded is tried again until it is."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import structlog

from andon.kernel.ids import RepositoryName

_FIRST_PAUSE_SECONDS = 0.2
_LAST_PAUSE_SECONDS = 30.0
_log = structlog.get_logger(__name__)


class RecordRetries:
    """For each repository that the ledger is behind of, one task that records the rest."""

    def __init__(self, catch_up: Callable[[RepositoryName], Awaitable[None]]) -> None:
        self._catch_up = catch_up
        self._tasks: dict[RepositoryName, asyncio.Task[None]] = {}

    def begin(self, repository: RepositoryName) -> None:
        """Try to record what landed in this repository, unless that is under way."""
        if repository not in self._tasks:
            task = self._tasks[repository] = asyncio.create_task(self._retry(repository))
            task.add_done_callback(lambda _: self._tasks.pop(repository))

    async def close(self) -> None:
        """Give up; the next start reconciles."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _retry(self, repository: RepositoryName) -> None:
        for tries in itertools.count():
            await asyncio.sleep(min(_FIRST_PAUSE_SECONDS * 2**tries, _LAST_PAUSE_SECONDS))
            try:
                await self._catch_up(repository)
            except Exception as error:  # noqa: BLE001  (whatever it is, it is tried again)
                _log.warning("push still not recorded", repository=repository, reason=str(error))
            else:
                return
