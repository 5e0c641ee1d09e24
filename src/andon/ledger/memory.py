"""The ledger of what lasts no longer than its process: `andon run`, and tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from andon.kernel.envelope import Draft, Entry
from andon.kernel.errors import AndonError, Invalid, PortError
from andon.kernel.ids import ChainId, EventId, StreamId
from andon.ledger.batch import admit, checked
from andon.ledger.bells import Bells
from andon.ledger.ledger import EMPTY, NO_CURSORS, LedgerHead, Verification
from andon.ledger.rows import row_of
from andon.ledger.verify import Walk


@dataclass(slots=True)
class Memory:
    """What several ledgers of one process may share, as they would share a file."""

    entries: list[Entry] = field(default_factory=list)
    ids: set[EventId] = field(default_factory=set)
    lengths: Counter[StreamId] = field(default_factory=Counter)
    cursors: dict[str, int] = field(default_factory=dict)
    bells: Bells = field(default_factory=Bells)

    @property
    def head(self) -> LedgerHead:
        """The last entry's position and hash."""
        return LedgerHead(position=self.entries[-1].position, hash=self.entries[-1].hash) if self.entries else EMPTY


class MemoryLedger:
    """A Ledger that is stored nowhere."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()
        self._closed = False

    async def append(self, drafts: Sequence[Draft], cursors: Mapping[str, int] = NO_CURSORS) -> tuple[Entry, ...]:
        """See Ledger."""
        memory = self._open()
        request = checked(drafts, cursors)
        batch = admit((request,), memory.head, memory.lengths)
        (outcome,) = batch.outcomes
        if isinstance(outcome, AndonError):
            raise outcome
        if any(entry.id in memory.ids for entry in outcome):
            raise Invalid("an entry with this id is already in the ledger.")
        memory.entries += outcome
        memory.ids.update(entry.id for entry in outcome)
        memory.lengths.update(entry.stream for entry in outcome)
        memory.cursors.update(batch.cursors)
        memory.bells.ring(outcome)
        return outcome

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
        entries = self._open().entries[max(after, 0) : None if before is None else max(before - 1, 0)]
        found = (
            entry
            for entry in (reversed(entries) if newest_first else entries)
            if stream in {None, entry.stream} and (not chain or entry.chain == chain)
            if entry.type.startswith(type_prefix)
        )
        return tuple(entry for entry, _ in zip(found, range(limit), strict=False))

    async def follow(self, after: int) -> AsyncIterator[tuple[Entry, ...]]:
        """See Ledger."""
        with self._memory.bells.one() as bell:
            while not self._closed:
                batch = await self.read(after=after)
                if batch:
                    after = batch[-1].position
                    yield batch
                else:
                    await bell.wait()

    async def cursor(self, name: str) -> int:
        """See Ledger."""
        return self._open().cursors.get(name, 0)

    async def head(self) -> LedgerHead:
        """See Ledger."""
        return self._open().head

    async def verify(self, kept: LedgerHead | None = None) -> Verification:
        """See Ledger."""
        return Walk(kept=kept).over([tuple(row_of(entry).values()) for entry in self._open().entries]).finished()

    async def close(self) -> None:
        """See Ledger."""
        self._closed = True
        self._memory.bells.ring()

    def _open(self) -> Memory:
        if self._closed:
            raise PortError("the ledger is closed.", permanent=True)
        return self._memory
