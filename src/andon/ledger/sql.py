"""The ledger over a SQL database: one writer thread, a few readers, bells for followers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from andon.kernel.envelope import Draft, Entry
from andon.kernel.errors import PortError
from andon.kernel.ids import ChainId, StreamId
from andon.ledger.batch import AppendRequest, Outcome, checked
from andon.ledger.bells import Bells
from andon.ledger.ledger import NO_CURSORS, LedgerHead, Verification
from andon.ledger.reading import LedgerQuery
from andon.ledger.rows import entry_of
from andon.ledger.schema import cursors as cursor_table
from andon.ledger.store import LedgerStore, read_head, record, walk_over
from andon.ledger.writer import Writer

T = TypeVar("T")

#: reads that run beside each other; more wait
READERS = 4
#: entries of one batch of a follower
FOLLOW_BATCH = 1000


class SqlLedger:
    """A Ledger in one Store."""

    def __init__(self, store: LedgerStore) -> None:
        """Over a store whose tables are current; `open_ledger` sees to that."""
        self._store = store
        self._bells = Bells()
        self._closed = False
        self._watch: asyncio.Task[None] | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="ledger-reader")
        self._writer = Writer(self._commit)

    async def append(self, drafts: Sequence[Draft], cursors: Mapping[str, int] = NO_CURSORS) -> tuple[Entry, ...]:
        """See Ledger."""
        return await asyncio.wrap_future(self._writer.submit(checked(drafts, cursors)))

    async def read(  # noqa: PLR0913 - see Ledger
        self,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int = 1000,
        stream: StreamId | None = None,
        chain: ChainId | None = None,
        type_prefix: str = "",
        newest_first: bool = False,
    ) -> tuple[Entry, ...]:
        """See Ledger."""
        question = LedgerQuery(
            after=after,
            before=before,
            limit=limit,
            stream=stream,
            chain=chain,
            type_prefix=type_prefix,
            newest_first=newest_first,
        )
        wanted, values = question.statement(), question.values()
        return await self._ask(lambda connection: tuple(map(entry_of, connection.execute(wanted, values))))

    async def follow(self, after: int) -> AsyncIterator[tuple[Entry, ...]]:
        """See Ledger."""
        with self._bells.one() as bell:
            self._watch_others()
            while not self._closed:
                batch = bell.heard(after)
                if not batch and bell.must_look():
                    batch = await self.read(after=after, limit=FOLLOW_BATCH)
                    if len(batch) == FOLLOW_BATCH:
                        bell.look_again()
                if batch:
                    after = batch[-1].position
                    yield batch
                elif not self._closed:
                    await bell.wait()

    async def cursor(self, name: str) -> int:
        """See Ledger."""
        wanted = select(cursor_table.c.position).where(cursor_table.c.name == name)
        return await self._ask(lambda connection: connection.execute(wanted).scalar_one_or_none() or 0)

    async def head(self) -> LedgerHead:
        """See Ledger."""
        return await self._ask(read_head)

    async def verify(self, kept: LedgerHead | None = None) -> Verification:
        """See Ledger."""
        return await self._ask(lambda connection: walk_over(self._store, connection, kept).finished())

    async def close(self) -> None:
        """See Ledger."""
        self._closed = True
        self._bells.ring()
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.shutdown)
        self._store.writers.dispose()
        self._store.readers.dispose()

    async def _ask(self, question: Callable[[Connection], T]) -> T:
        """The answer of a reading connection, in a thread of its own.

        Errors: PortError.
        """
        if self._closed:
            raise PortError("the ledger is closed: the server is stopping.", permanent=True)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._answer, question)

    def _answer(self, question: Callable[[Connection], T]) -> T:
        try:
            with self._store.readers.connect() as connection:
                return question(connection)
        except (DBAPIError, TypeError, ValueError) as problem:
            raise PortError(
                f"the ledger cannot be read: {problem}. `andon ledger verify` names the entry."
            ) from problem

    def _commit(self, requests: Sequence[AppendRequest]) -> Sequence[Outcome]:
        """In the writer's thread."""
        outcomes = record(self._store, requests)
        if appended := [entry for outcome in outcomes if isinstance(outcome, tuple) for entry in outcome]:
            self._bells.ring(appended)
        return outcomes

    def _watch_others(self) -> None:
        """Listen for other processes from the first follower on."""
        if self._watch is None or self._watch.done():
            self._watch = asyncio.ensure_future(self._store.watch(self._bells.ring))
