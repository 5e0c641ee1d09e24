"""An entry as a row of the store and back; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from andon.kernel.envelope import Draft, Entry
from andon.ledger.chain import Field, link

#: columns of the table in the order in which they are hashed; the hash itself is the last
COLUMNS = (
    "position",
    "sequence",
    "id",
    "stream",
    "type",
    "schema",
    "at",
    "actor",
    "cause",
    "chain",
    "data",
    "hash",
)


def seal(draft: Draft, position: int, before: str) -> Entry:
    """The draft as the entry at this position, linked to the hash before it."""
    at = draft.at.astimezone(UTC)
    sequence = draft.expected + 1
    fields: tuple[Field, ...] = (
        position,
        sequence,
        draft.id,
        draft.stream,
        draft.type,
        draft.schema,
        wire_time(at),
        draft.actor,
        draft.cause,
        draft.chain,
        draft.data,
    )
    return Entry(
        position=position,
        sequence=sequence,
        id=draft.id,
        stream=draft.stream,
        type=draft.type,
        schema=draft.schema,
        at=at,
        actor=draft.actor,
        cause=draft.cause,
        chain=draft.chain,
        data=draft.data,
        hash=link(before, fields),
    )


def row_of(entry: Entry) -> dict[str, Field]:
    """The entry as named columns."""
    return {
        "position": entry.position,
        "sequence": entry.sequence,
        "id": entry.id,
        "stream": entry.stream,
        "type": entry.type,
        "schema": entry.schema,
        "at": wire_time(entry.at),
        "actor": entry.actor,
        "cause": entry.cause,
        "chain": entry.chain,
        "data": entry.data,
        "hash": entry.hash,
    }


def entry_of(row: Sequence[Any]) -> Entry:
    """The row, in the order of COLUMNS, as an entry. Errors: ValueError, TypeError when its time is no time."""
    position, sequence, id_, stream, type_, schema, at, actor, cause, chain, data, hash_ = row
    return Entry(
        position=position,
        sequence=sequence,
        id=id_,
        stream=stream,
        type=type_,
        schema=schema,
        at=datetime.fromisoformat(at),
        actor=actor,
        cause=cause,
        chain=chain,
        data=data,
        hash=hash_,
    )


def wire_time(at: datetime) -> str:
    """A UTC time as it is stored and hashed: always with microseconds, so that text order is time order."""
    return at.isoformat(timespec="microseconds")
