"""What every ledger does, whatever it is stored in: append, read, follow, verify."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from andon.kernel.envelope import Draft, Entry
from andon.kernel.errors import AndonError
from andon.kernel.ids import ChainId, StreamId
from andon.ledger.chain import NOTHING_BEFORE

#: no cursor moves with this append
NO_CURSORS: Mapping[str, int] = MappingProxyType({})


class Conflict(AndonError):
    """The stream has grown since it was read: read it again and decide anew."""

    def __init__(self, stream: StreamId, expected: int, actual: int) -> None:
        super().__init__(f"{stream} has {actual} entries and {expected} were expected. Read it again and decide anew.")
        self.stream = stream
        self.expected = expected
        self.actual = actual


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """The last entry, as a thing to keep elsewhere: it fixes every entry before it."""

    #: 0 when the ledger is empty
    position: int
    #: hash of the entry at that position, in hex
    hash: str


EMPTY = LedgerHead(position=0, hash=NOTHING_BEFORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What `verify` found."""

    ok: bool
    #: how many entries from the first on are proven
    entries: int
    #: head of the proven entries; keep it, and a later verify proves that nothing was cut off or rewritten
    head: LedgerHead
    #: position of the first entry that is wrong; None when all is well
    position: int | None = None
    #: what is wrong with it, one sentence that names the position; empty when all is well
    problem: str = ""
    #: what to do about it; empty when all is well
    remedy: str = ""


class Ledger(Protocol):
    """The one history of the house."""

    async def append(self, drafts: Sequence[Draft], cursors: Mapping[str, int] = NO_CURSORS) -> tuple[Entry, ...]:
        """Store all drafts and cursors in one transaction, or nothing; returns when they are on the disk.

        Several drafts on one stream count their `expected` up. An append that is cancelled may still be stored.
        Errors: Conflict; Invalid (a draft that cannot be stored); PortError (disk, server; permanent when closed).
        """
        ...

    async def read(  # noqa: PLR0913 - one keyword for each question a reader may combine
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
        """Entries with after < position < before, in order of position (or from the newest back), at most `limit`."""
        ...

    def follow(self, after: int) -> AsyncIterator[tuple[Entry, ...]]:
        """Every entry after the position, in batches as they are appended by any process; ends when closed."""
        ...

    async def cursor(self, name: str) -> int:
        """The position stored under the name; 0 when there is none."""
        ...

    async def head(self) -> LedgerHead:
        """The last entry's position and hash."""
        ...

    async def verify(self, kept: LedgerHead | None = None) -> Verification:
        """Walk the whole chain; with a head that was kept elsewhere, prove that this history still leads to it."""
        ...

    async def close(self) -> None:
        """Finish the appends under way, end the followers, let go of the store."""
        ...
