"""The server's storage as a noun: what each sweep deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.ids import stream
from andon.kernel.refusal import CommandRefused

KIND = "storage"
STREAM = stream(KIND, "server")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptKind:
    """What was deleted of one kind."""

    #: "run logs", "images", "blobs"
    kind: str
    count: int
    size_bytes: int
    #: how many of them for their age; the others because too much was kept
    aged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What all sweeps deleted together."""

    count: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSwept:
    """Old logs, images or blobs were deleted."""

    deleted: tuple[SweptKind, ...]
    #: what could not be deleted, and why; "" when nothing
    trouble: str = ""

    def evolve(self, state: Storage) -> Storage:
        return Storage(
            count=state.count + sum(one.count for one in self.deleted),
            size_bytes=state.size_bytes + sum(one.size_bytes for one in self.deleted),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSweep:
    """Note what a sweep deleted; one that deleted nothing is not noted."""

    deleted: tuple[SweptKind, ...]
    trouble: str = ""

    def decide(self, state: Storage, now: datetime) -> tuple[Event[Storage], ...]:
        return (StorageSwept(deleted=self.deleted, trouble=self.trouble),) if self.deleted or self.trouble else ()


NOUN: Noun[Storage] = Noun(
    kind=KIND, initial=Storage(), events=(StorageSwept, CommandRefused), want=wants_nothing, deadline=never
)
