"""Which of the kept things are deleted, in which order, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.kernel.sizes import print_size

#: what was used so recently may be in use
SAFE_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """One thing that is kept."""

    #: "run logs", "images", "blobs"
    kind: str
    #: within its kind
    name: str
    #: as its blocks occupy the disk
    size_bytes: int
    last_used: datetime
    #: why it may not be deleted; "" when it may
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long, and how much, is kept."""

    age: timedelta
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One thing that is to be deleted."""

    item: KeptItem
    why: str


def removals(kept: Iterable[KeptItem], policy: RetentionPolicy, now: datetime) -> tuple[Removal, ...]:
    """What is to be deleted now, the longest unused first: what is too old, then what is too much."""
    items = tuple(kept)
    left = sum(item.size_bytes for item in items)
    found: list[Removal] = []
    for item in _free(items, now):
        why = _why(item, left, policy, now)
        if not why:
            break
        found.append(Removal(item=item, why=why))
        left -= item.size_bytes
    return tuple(found)


def next_in_line(kept: Iterable[KeptItem], now: datetime) -> tuple[KeptItem, ...]:
    """What may be deleted, the next one first."""
    return tuple(_free(tuple(kept), now))


def due(item: KeptItem, policy: RetentionPolicy) -> datetime:
    """When its age alone makes it go."""
    return item.last_used + policy.age


def _free(items: tuple[KeptItem, ...], now: datetime) -> Iterator[KeptItem]:
    free = (item for item in items if not item.held and now - item.last_used >= SAFE_FOR)
    yield from sorted(free, key=lambda item: (item.last_used, item.kind, item.name))


def _why(item: KeptItem, left: int, policy: RetentionPolicy, now: datetime) -> str:
    if now - item.last_used > policy.age:
        return f"not used for more than {policy.age.days} days"
    return f"more than {print_size(policy.size_bytes)} are kept" if left > policy.size_bytes else ""
