"""What the two databases do differently, and the statements they share."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from andon.kernel.errors import Invalid, NoSpace, PortError
from andon.kernel.ids import StreamId
from andon.ledger.batch import AppendRequest, Batch, Outcome, admit
from andon.ledger.ledger import EMPTY, LedgerHead
from andon.ledger.rows import COLUMNS, row_of
from andon.ledger.schema import MOVE_CURSOR, entries
from andon.ledger.verify import RESTORE, RawRow, Walk

#: rows of one read while verifying
STRIDE = 2000
#: below every position that anybody can have written
BEFORE_ALL = -(2**63)

# The last entry.
HEAD = text("SELECT position, hash FROM entries ORDER BY position DESC LIMIT 1")

# Entries as they lie there, without any interpretation of their types.
RAW = text(
    f"SELECT {', '.join(COLUMNS)} FROM entries WHERE position > :after ORDER BY position LIMIT :limit"  # noqa: S608 - a constant
)


class LedgerStore(Protocol):
    """One database."""

    #: of connections that only read
    readers: Engine
    #: of connections that write, one at a time
    writers: Engine

    def lock(self, connection: Connection) -> None:
        """Keep other writers out until the transaction ends: positions have no gaps, and are in order of commit."""
        ...

    def lengths(self, connection: Connection, streams: Iterable[StreamId]) -> Mapping[StreamId, int]:
        """How many entries each stream has."""
        ...

    def announce(self, connection: Connection, position: int) -> None:
        """Inside the transaction: have followers in other processes told when it commits."""
        ...

    def committed(self) -> None:
        """After the commit: tell followers in other processes, where the database does not."""
        ...

    def damage(self, connection: Connection) -> str:
        """What the database itself finds wrong with its file; empty when nothing."""
        ...

    def watch(self, ring: Callable[[], None]) -> Awaitable[None]:
        """Ring at every commit of another process, until cancelled."""
        ...


def read_head(connection: Connection) -> LedgerHead:
    """The last entry's position and hash."""
    row = connection.execute(HEAD).one_or_none()
    return LedgerHead(position=row[0], hash=row[1]) if row else EMPTY


def record(store: LedgerStore, requests: Sequence[AppendRequest]) -> tuple[Outcome, ...]:
    """Write the requests in one transaction; when one of them breaks it, each in its own.

    PortError is the outcome when the database cannot write: not stored, or unknown when the connection was lost.
    """
    try:
        return _transact(store, requests).outcomes
    except IntegrityError as problem:
        if len(requests) == 1:
            return (Invalid(f"an entry with this id is already in the ledger: {problem.orig}"),)
        return tuple(outcome for request in requests for outcome in record(store, (request,)))
    except DBAPIError as problem:
        return tuple(_unwritten(problem) for _ in requests)


def _unwritten(problem: DBAPIError) -> PortError:
    if getattr(problem.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return NoSpace("the disk of the ledger is full; nothing was recorded. Make room, then do it again.")
    return PortError(f"the ledger cannot be written: {problem.orig}. See to the disk or the database.")


def _transact(store: LedgerStore, requests: Sequence[AppendRequest]) -> Batch:
    with store.writers.begin() as connection:
        store.lock(connection)
        streams = {draft.stream for request in requests for draft in request.drafts}
        batch = admit(requests, read_head(connection), store.lengths(connection, streams) if streams else {})
        _write(store, connection, batch)
    if batch.entries:
        store.committed()
    return batch


def _write(store: LedgerStore, connection: Connection, batch: Batch) -> None:
    if batch.entries:
        connection.execute(entries.insert(), [row_of(entry) for entry in batch.entries])
        store.announce(connection, batch.entries[-1].position)
    if batch.cursors:
        connection.execute(MOVE_CURSOR, [{"name": name, "position": at} for name, at in batch.cursors.items()])


def walk_over(store: LedgerStore, connection: Connection, kept: LedgerHead | None) -> Walk:
    """The proof over everything that is stored."""
    walk = Walk(kept=kept)
    stride = STRIDE
    while walk.found is None:
        try:
            after = walk.head.position or BEFORE_ALL
            rows: Sequence[RawRow] = connection.execute(RAW, {"after": after, "limit": stride}).all()
        except DBAPIError as problem:
            if stride == 1:
                return walk.stopped(f"Entry {walk.head.position + 1} cannot be read: {problem.orig}.", RESTORE)
            stride = 1  # one by one, to name the entry
            continue
        if not rows:
            damage = store.damage(connection)
            return (
                walk.stopped(f"The file is damaged after entry {walk.head.position}: {damage}.", RESTORE)
                if (damage)
                else walk
            )
        walk = walk.over(rows)
    return walk
