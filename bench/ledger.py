"""How many events a second the ledger takes in batches, beside what SQLite itself takes of the same bytes.

Run: python bench/ledger.py [folder on the disk that is meant]. Prints one JSON line.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from andon.kernel.envelope import Draft, Entry
from andon.kernel.ids import Actor, ChainId, EventId, StreamId
from andon.ledger.ledger import EMPTY, Ledger
from andon.ledger.opening import open_ledger
from andon.ledger.rows import COLUMNS, row_of, seal

BATCH = 500
BATCHES = 40
ROUNDS = 5
SINGLES = 100
DATA = b'{"task":"test","outcome":"success","reason":"","log_bytes":18231,"log_lines":412,"log_digest":"sha256:9f2c"}'
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def drafts(batch: int) -> list[Draft]:
    """One batch: 50 streams with 10 entries each."""
    return [
        Draft(
            id=EventId(f"01J{batch:08d}{number:08d}"),
            stream=StreamId(f"run/{batch * 50 + number % 50}"),
            expected=number // 50,
            type="pipelines.TaskFinished",
            schema=1,
            at=NOON,
            actor=Actor("andon/engine"),
            cause=EventId(f"01J{batch:08d}{0:08d}"),
            chain=ChainId(f"shop@{batch:040x}"),
            data=DATA,
        )
        for number in range(BATCH)
    ]


async def appended(ledger: Ledger) -> float:
    """Events a second through append, each batch durable before the next."""
    batches = [drafts(batch) for batch in range(BATCHES)]
    start = time.perf_counter()
    for batch in batches:
        await ledger.append(batch)
    return BATCH * BATCHES / (time.perf_counter() - start)


def control(path: Path) -> float:
    """Rows a second of the same bytes through executemany into the same table and indexes, as durable."""
    batches = [[tuple(row_of(entry)[name] for name in COLUMNS) for entry in sealed(batch)] for batch in range(BATCHES)]
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (*_schema_of(path), "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"):
        connection.execute(statement)
    start = time.perf_counter()
    for rows in batches:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO entries VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        connection.execute("COMMIT")
    took = time.perf_counter() - start
    connection.close()
    return BATCH * BATCHES / took


def sealed(batch: int) -> Iterator[Entry]:
    """The batch's entries where the ledger would put them."""
    for number, draft in enumerate(drafts(batch)):
        yield seal(draft, batch * BATCH + number + 1, EMPTY.hash)


def _schema_of(path: Path) -> list[str]:
    with sqlite3.connect(path.with_name("ledger.db")) as ledger:
        found = ledger.execute(
            "SELECT sql FROM sqlite_schema WHERE tbl_name = 'entries' AND type <> 'trigger'"
        ).fetchall()
    return [sql for (sql,) in found if sql]


async def replayed(ledger: Ledger) -> float:
    """Entries a second through follow from the beginning."""
    seen = 0
    start = time.perf_counter()
    async for batch in ledger.follow(0):
        seen += len(batch)
        if seen >= BATCH * BATCHES:
            break
    return seen / (time.perf_counter() - start)


async def singles(ledger: Ledger) -> float:
    """Median milliseconds of an append of one entry when nothing else waits."""
    times = []
    for number, draft in enumerate(drafts(BATCHES)[:SINGLES]):
        start = time.perf_counter()
        await ledger.append((draft,), {"bench": number})
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


async def measure(folder: Path) -> dict[str, float]:
    """The medians of some rounds, ledger and control in turn."""
    rounds = []
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=folder, prefix=f"bench-ledger-{number}-") as place:
            ledger = await open_ledger(f"sqlite:///{place}/ledger.db")
            rounds.append(
                {
                    "events_per_s": await appended(ledger),
                    "control_rows_per_s": control(Path(place, "control.db")),
                    "replay_per_s": await replayed(ledger),
                    "single_append_ms": await singles(ledger),
                }
            )
            await ledger.close()
    return {name: round(statistics.median(one[name] for one in rounds), 2) for name in rounds[0]}


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    print(json.dumps({"bench": "ledger", "batch": BATCH, **asyncio.run(measure(target))}))
