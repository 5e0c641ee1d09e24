"""The envelope around every event: when, who, why, and which change it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from andon.kernel.ids import Actor, ChainId, EventId, StreamId

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry that is yet to be appended."""

    id: EventId
    stream: StreamId
    #: how many entries the stream has before this one; the append fails when that is no longer so
    expected: int
    #: "pipelines.RunQueued": the tool and the event's class
    type: str
    #: version of the data's shape, counted from 1
    schema: int
    #: UTC
    at: datetime
    actor: Actor
    #: the event that led to this one; None for what a person began
    cause: EventId | None
    chain: ChainId
    #: the event as JSON
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the ledger as it is stored."""

    #: counted from 1 over the whole ledger, without gaps
    position: int
    #: how many entries the stream has with this one
    sequence: int
    id: EventId
    stream: StreamId
    type: str
    schema: int
    at: datetime
    actor: Actor
    cause: EventId | None
    chain: ChainId
    data: bytes
    #: sha256 over the hash before and all of the above, in hex
    hash: str


@dataclass(frozen=True, kw_only=True)  # no slots: a generic record could not be made as Envelope[State](…)
class Envelope(Generic[E]):
    """One event that happened, with its entry's particulars."""

    position: int
    sequence: int
    id: EventId
    stream: StreamId
    type: str
    at: datetime
    actor: Actor
    cause: EventId | None
    chain: ChainId
    event: E
