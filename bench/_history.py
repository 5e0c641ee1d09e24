"""A long history for a server that is down: a real push and its run, again and again under other numbers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

from andon.engine.flow import CURSOR
from andon.kernel.envelope import Draft, Entry
from andon.kernel.ids import ChainId, EventId, StreamId
from andon.ledger.ledger import Ledger
from andon.ledger.opening import open_ledger

AT_ONCE = 2000


async def lengthen(data: Path, entries: int, *, run: int, commit: str) -> int:
    """Repeat that run of that commit until there are so many entries; how many there are then."""
    ledger = await open_ledger(f"sqlite:///{data / 'ledger.db'}")
    known = [entry async for entry in every(ledger)]
    pattern = [entry for entry in known if commit in entry.chain and entry.type.startswith(("source.", "pipelines."))]
    lengths = Counter(entry.stream for entry in known)
    drafts: list[Draft] = []
    number = run
    while len(known) + len(drafts) < entries:
        number += 1
        drafts.extend(again(pattern, run, number, commit, lengths))
    drafts.extend(again(pattern, run, number + 1, "", lengths))  # the real commit is the last, as git has it
    for first in range(0, len(drafts), AT_ONCE):
        await ledger.append(drafts[first : first + AT_ONCE])
    length = (await ledger.head()).position
    await ledger.append((), {CURSOR: length})
    await ledger.close()
    return length


async def every(ledger: Ledger) -> AsyncIterator[Entry]:
    """All entries."""
    after = 0
    while page := await ledger.read(after=after):
        for entry in page:
            yield entry
        after = page[-1].position


def again(pattern: Sequence[Entry], run: int, number: int, commit: str, lengths: Counter[StreamId]) -> Iterator[Draft]:
    """The pattern as another run of another commit."""
    other = hashlib.sha1(str(number).encode()).hexdigest()
    for place, entry in enumerate(pattern):
        stream = StreamId(f"run/{number}") if entry.stream == f"run/{run}" else entry.stream
        data = entry.data.replace(b'"number":%d,' % run, b'"number":%d,' % number)
        lengths[stream] += 1
        yield Draft(
            id=EventId(f"again-{number}-{place}"),
            stream=stream,
            expected=lengths[stream] - 1,
            type=entry.type,
            schema=entry.schema,
            at=entry.at,
            actor=entry.actor,
            cause=entry.cause,
            chain=ChainId(entry.chain.replace(commit, other)) if commit else entry.chain,
            data=data.replace(commit.encode(), other.encode()) if commit else data,
        )
