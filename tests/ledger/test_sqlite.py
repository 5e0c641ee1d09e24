"""What only a file can suffer: torn pages, a cut file, a writer that is killed."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from andon.kernel.errors import NoSpace, PortError
from andon.kernel.ids import StreamId
from andon.ledger.ledger import Ledger
from andon.ledger.opening import open_ledger
from andon.ledger.sql import SqlLedger
from andon.ledger.sqlite import SqliteStore
from andon.testing.ledger_suite import draft

WRITER = """
import asyncio, sys
from andon.ledger.opening import open_ledger
from andon.testing.ledger_suite import draft

async def lane(ledger, number):
    for count in range(100_000):
        drafts = [draft(f"lane/{number}", 3 * count + at) for at in range(3)]
        done = await ledger.append(drafts, {f"lane-{number}": count})
        print(done[-1].position, flush=True)

async def main():
    ledger = await open_ledger(sys.argv[1])
    await asyncio.gather(*(lane(ledger, number) for number in range(4)))

asyncio.run(main())
"""


async def filled(path: Path, count: int) -> Ledger:
    """A ledger of that many entries in a file without a log beside it."""
    ledger = await open_ledger(f"sqlite:///{path}")
    await ledger.append([draft("run/1", number) for number in range(count)])
    await ledger.close()
    assert not path.with_name("ledger.db-wal").exists()
    return await open_ledger(f"sqlite:///{path}")


@pytest.mark.anyio
async def test_a_killed_writer_leaves_whole_appends(tmp_path: Path) -> None:
    """After kill -9 at any moment the chain verifies, what was answered is there, and no append is there in part."""
    dice = random.Random(815)
    for number in range(3):
        url = f"sqlite:///{tmp_path}/ledger-{number}.db"
        answered = await asyncio.to_thread(_kill_after, url, dice.randrange(1, 300))
        ledger = await open_ledger(url)
        proof = await ledger.verify()
        assert proof.ok, proof
        assert proof.entries >= answered
        for lane in range(4):
            entries = await ledger.read(stream=StreamId(f"lane/{lane}"), limit=100_000)
            assert len(entries) % 3 == 0
            assert await ledger.cursor(f"lane-{lane}") == max(0, len(entries) // 3 - 1)
        await ledger.append((draft(),))
        await ledger.close()


def _kill_after(url: str, answers: int) -> int:
    """The last position the writer was told, killed after that many answers."""
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        positions = [int(child.stdout.readline()) for _ in range(answers)]
        child.send_signal(signal.SIGKILL)
        positions += [int(line) for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    return max(positions)


@pytest.mark.anyio
async def test_a_torn_page_is_found_and_named(tmp_path: Path) -> None:
    """A page of the file that was overwritten with zeros stops the proof at an entry, with a remedy."""
    path = tmp_path / "ledger.db"
    ledger = await filled(path, 400)
    await ledger.close()
    page = _page_of_entry(path, b"run/1#200")
    with path.open("r+b") as file:
        file.seek(page)
        file.write(bytes(4096))
    ledger = await open_ledger(f"sqlite:///{path}")
    found = await ledger.verify()
    await ledger.close()
    assert not found.ok
    assert found.position is not None
    assert 150 < found.position <= 201
    assert f"ntry {found.position}" in found.problem
    assert "backup" in found.remedy


def _page_of_entry(path: Path, marker: bytes) -> int:
    """Where the page of the table (not of an index) that holds the entry begins."""
    content = path.read_bytes()
    found = content.index(marker)
    while content[found // 4096 * 4096] != 0x0D:  # a leaf of a table
        found = content.index(marker, found + 1)
    return found // 4096 * 4096


@pytest.mark.anyio
async def test_one_flipped_bit_in_the_file_is_found(tmp_path: Path) -> None:
    """A single changed byte in the data of one entry is found, and that entry is named."""
    path = tmp_path / "ledger.db"
    ledger = await open_ledger(f"sqlite:///{path}")
    await ledger.append([draft("run/1", number) for number in range(50)])
    await ledger.append((draft("run/2", 0, type_="pipelines.Odd"), draft("run/2", 1)))
    await ledger.close()
    content = path.read_bytes()
    assert content.count(b"pipelines.Odd") == 1
    path.write_bytes(content.replace(b"pipelines.Odd", b"pipelines.Odb"))
    ledger = await open_ledger(f"sqlite:///{path}")
    found = await ledger.verify()
    await ledger.close()
    assert (found.ok, found.position) == (False, 51)
    assert "Entry 51 was changed" in found.problem


@pytest.mark.anyio
async def test_a_row_lost_from_an_index_is_found(tmp_path: Path) -> None:
    """Damage that the chain does not show, an index that lost its way, is found too."""
    path = tmp_path / "ledger.db"
    ledger = await filled(path, 50)
    await ledger.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        (elsewhere,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'cursors'").fetchone()
        connection.execute("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'entries_chain'", (elsewhere,))
    connection.close()
    ledger = await open_ledger(f"sqlite:///{path}")
    found = await ledger.verify()
    await ledger.close()
    assert not found.ok
    assert "damaged" in found.problem


@pytest.mark.anyio
async def test_a_torn_log_loses_only_what_was_not_answered(tmp_path: Path) -> None:
    """The end of the log cut off, as by a power cut during a commit: the chain before it is whole."""
    path = tmp_path / "ledger.db"
    ledger = await open_ledger(f"sqlite:///{path}")
    for number in range(20):
        await ledger.append((draft("run/1", number),))
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    log = path.with_name("ledger.db-wal").read_bytes()
    copy.with_name("copy.db-wal").write_bytes(log[: len(log) - 3000])
    kept = await ledger.head()
    await ledger.close()
    torn = await open_ledger(f"sqlite:///{copy}")
    proof, against_kept = await torn.verify(), await torn.verify(kept)
    await torn.close()
    assert (proof.ok, proof.entries) == (True, 19)
    assert (against_kept.ok, against_kept.position) == (False, 20)


@pytest.mark.anyio
async def test_an_unreadable_entry_is_a_port_error(tmp_path: Path) -> None:
    """Reading an entry whose time is no time says what to do instead of failing somewhere."""
    path = tmp_path / "ledger.db"
    ledger = await filled(path, 2)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER entries_never_change")
        connection.execute("UPDATE entries SET at = 'noon'")
    connection.close()
    with pytest.raises(PortError, match="andon ledger verify"):
        await ledger.read()
    await ledger.close()


@pytest.mark.anyio
async def test_the_file_is_private_and_durable(tmp_path: Path) -> None:
    """Nobody else may read the file or its log, and every commit is synchronised."""
    path = tmp_path / "new" / "ledger.db"
    ledger = await open_ledger(f"sqlite:///{path}")
    await ledger.append((draft(),))
    assert {oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {"0o600"}
    store = SqliteStore(path)
    with store.writers.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.writers.dispose()
    await ledger.close()


@pytest.mark.anyio
async def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    """When the file cannot grow the append fails with a clear error, and later ones succeed once it can."""
    path = tmp_path / "ledger.db"
    ledger = await filled(path, 10)
    await ledger.append((draft("run/2", 0),))
    limit = _limit_pages(ledger, 0)
    with pytest.raises(NoSpace, match="the disk of the ledger is full; nothing was recorded"):
        await ledger.append([draft("run/3", number) for number in range(400)])
    _limit_pages(ledger, limit)
    await ledger.append([draft("run/3", number) for number in range(400)])
    proof = await ledger.verify()
    await ledger.close()
    assert (proof.ok, proof.entries) == (True, 411)


def _limit_pages(ledger: Ledger, pages: int) -> int:
    """Let the file have no more than these pages (0: than it has); returns the limit before."""
    assert isinstance(ledger, SqlLedger)
    raw = ledger._store.writers.raw_connection()
    cursor = raw.cursor()
    before = int(cursor.execute("PRAGMA max_page_count").fetchone()[0])
    cursor.execute(f"PRAGMA max_page_count = {pages or 1}").fetchall()
    raw.close()  # back to its pool
    return before
