"""Sweeps: at the start and every hour, what is too old or too much is deleted and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from andon.engine.desk import Desk
from andon.kernel.errors import AndonError
from andon.kernel.ids import ENGINE
from andon.tools.storage.model.retention import KeptItem, Removal, RetentionPolicy, removals
from andon.tools.storage.model.storage import STREAM, RecordSweep, SweptKind
from andon.tools.storage.ports import Store

log = structlog.get_logger()

EVERY = timedelta(hours=1)


@dataclass(kw_only=True, slots=True)
class Sweeper:
    """One for a server."""

    desk: Desk
    stores: Sequence[tuple[str, Store]]
    policy: RetentionPolicy
    now: Callable[[], datetime]
    _task: asyncio.Task[None] | None = None
    _sweeping: asyncio.Lock = field(default_factory=asyncio.Lock)

    def begin(self) -> None:
        """Sweep now and every hour, until it is stopped."""
        self._task = asyncio.create_task(self._always(), name="storage sweep")

    async def stop(self) -> None:
        """Sweep no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def kept(self) -> tuple[KeptItem, ...]:
        """Everything that is kept."""
        return await asyncio.to_thread(lambda: tuple(item for _, store in self.stores for item in store.kept()))

    async def sweep(self) -> RecordSweep:
        """Delete what is due, and record it. Errors: PortError when it cannot be recorded."""
        async with self._sweeping:
            planned = removals(await self.kept(), self.policy, self.now())
            done, trouble = await asyncio.to_thread(self._remove, planned)
            swept = RecordSweep(deleted=_by_kind(done), trouble=trouble)
            await self.desk.submit(STREAM, swept, actor=ENGINE)
            return swept

    async def _always(self) -> None:
        while True:
            try:
                await self.sweep()
            except (OSError, AndonError) as error:
                log.warning("the storage was not swept", error=str(error))  # in an hour it is
            await asyncio.sleep(EVERY.total_seconds())

    def _remove(self, planned: Iterable[Removal]) -> tuple[tuple[Removal, ...], str]:
        """What was deleted, and the first trouble there was."""
        stores, done, trouble = dict(self.stores), list[Removal](), ""
        for removal in planned:
            try:
                stores[removal.item.kind].remove(removal.item.name)
                done.append(removal)
            except (OSError, AndonError) as error:
                trouble = trouble or f"{removal.item.kind} {removal.item.name}: {error}"
        return tuple(done), trouble


def _by_kind(done: Sequence[Removal]) -> tuple[SweptKind, ...]:
    kinds = dict.fromkeys(removal.item.kind for removal in done)
    return tuple(_swept(kind, [removal for removal in done if removal.item.kind == kind]) for kind in kinds)


def _swept(kind: str, done: Sequence[Removal]) -> SweptKind:
    return SweptKind(
        kind=kind,
        count=len(done),
        size_bytes=sum(removal.item.size_bytes for removal in done),
        aged=sum(removal.why.startswith("not used") for removal in done),
    )
