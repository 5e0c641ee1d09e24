"""What is kept, by kind, and what goes next: the same for the page, the API and the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.tools.storage.model.retention import KeptItem, RetentionPolicy, due, next_in_line, removals

MOST_NEXT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class KindShown:
    """Everything of one kind together."""

    kind: str
    count: int
    size_bytes: int
    #: how many may not be deleted, because they run, are live or may be rolled back to
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextShown:
    """One thing that may be deleted."""

    kind: str
    name: str
    size_bytes: int
    last_used: datetime
    #: when its age makes it go
    due: datetime
    #: why the next sweep deletes it; "" when it does not
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageShown:
    """The server's storage."""

    kinds: tuple[KindShown, ...]
    next: tuple[NextShown, ...]
    size_bytes: int
    keep_days: int
    keep_bytes: int
    free_bytes: int
    #: kept free for the server
    reserve_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The disk."""

    free_bytes: int
    reserve_bytes: int


def shown(kept: tuple[KeptItem, ...], policy: RetentionPolicy, room: Room, now: datetime) -> StorageShown:
    """All of it."""
    reasons = {(r.item.kind, r.item.name): r.why for r in removals(kept, policy, now)}
    following = next_in_line(kept, now)[:MOST_NEXT]
    kinds = sorted({item.kind for item in kept})
    return StorageShown(
        kinds=tuple(_kind(kind, [item for item in kept if item.kind == kind]) for kind in kinds),
        next=tuple(_next(item, policy, reasons.get((item.kind, item.name), "")) for item in following),
        size_bytes=sum(item.size_bytes for item in kept),
        keep_days=policy.age.days,
        keep_bytes=policy.size_bytes,
        free_bytes=room.free_bytes,
        reserve_bytes=room.reserve_bytes,
    )


def _kind(kind: str, items: list[KeptItem]) -> KindShown:
    return KindShown(
        kind=kind,
        count=len(items),
        size_bytes=sum(item.size_bytes for item in items),
        held=sum(bool(item.held) for item in items),
    )


def _next(item: KeptItem, policy: RetentionPolicy, why: str) -> NextShown:
    return NextShown(
        kind=item.kind,
        name=item.name,
        size_bytes=item.size_bytes,
        last_used=item.last_used,
        due=due(item, policy),
        why=why,
    )
