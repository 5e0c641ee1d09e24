"""What verifying proves, with and without heads that were kept."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.ledger.test_heads import Key

from andon.ledger.heads import HeadFile, sign_head
from andon.ledger.high_water import HighWater, HighWaterFile, difference
from andon.ledger.ledger import Ledger, LedgerHead
from andon.ledger.opening import open_ledger
from andon.ledger.proof import LedgerProver
from andon.testing.ledger_suite import draft

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """Five entries."""
    opened = await open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    for number in range(5):
        await opened.append([draft("one", number)])
    yield opened
    await opened.close()


def prover(ledger: Ledger, folder: Path) -> LedgerProver:
    return LedgerProver(ledger=ledger, heads=HeadFile(folder / "heads"), signer=Key(), now=lambda: NOW)


def cut_off(folder: Path, after: int) -> None:
    """What somebody does who can write the file."""
    with sqlite3.connect(folder / "ledger.db") as file:
        file.execute("DROP TRIGGER entries_never_go")
        file.execute("DELETE FROM entries WHERE position > ?", (after,))


async def test_without_a_head_a_cut_off_end_is_said_to_be_unprovable(ledger: Ledger, tmp_path: Path) -> None:
    """Four entries of five are a sound chain; the answer does not say that nothing is missing."""
    cut_off(tmp_path, 4)
    proof = await prover(ledger, tmp_path).prove()
    assert (proof.ok, proof.entries, proof.proven_to) == (True, 4, 0)
    assert proof.says == "Whether entries after 4 were cut off cannot be proven without a head that was kept of them."


async def test_a_signed_head_notices_a_cut_off_end(ledger: Ledger, tmp_path: Path) -> None:
    """It says what is missing; before, it said up to where the end is proven."""
    tried = prover(ledger, tmp_path)
    tried.heads.append(await tried.sign())
    before = await tried.prove()
    assert before.proven_to == 5
    assert "head of entry 5, signed 2026-12-01 09:00 UTC, is part of this history" in before.says
    cut_off(tmp_path, 4)
    after = await tried.prove()
    assert (after.ok, after.position, after.says) == (False, 4, "")
    assert "cut off" in after.problem


async def test_a_head_of_another_key_proves_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """Somebody wrote it into the file."""
    tried = prover(ledger, tmp_path)
    tried.heads.append(sign_head(LedgerHead(position=99, hash="a" * 64), NOW, Key(b"two")))
    assert (await tried.prove()).proven_to == 0


async def test_a_kept_head_counts_beside_the_signed_one(ledger: Ledger, tmp_path: Path) -> None:
    """Both must be on the way."""
    tried = prover(ledger, tmp_path)
    kept = (await ledger.head()).position, (await ledger.head()).hash
    assert (await tried.prove(LedgerHead(position=kept[0], hash=kept[1]))).proven_to == 5
    assert not (await tried.prove(LedgerHead(position=3, hash="b" * 64))).ok


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (HighWater(), ""),
        (HighWater(position=9, hash="a" * 64, last_run=3), "ends at entry 5, and this data folder has seen entry 9"),
        (HighWater(position=3, hash="a" * 64), "entry 3 of this ledger is not the one"),
    ],
)
async def test_a_ledger_than_the_one_seen_is_noticed(ledger: Ledger, seen: HighWater, words: str) -> None:
    """Older, or another one; a ledger that goes on from what was seen is fine."""
    found = await difference(ledger, seen)
    assert (words in found) if words else not found


async def test_the_same_ledger_is_no_difference(ledger: Ledger, tmp_path: Path) -> None:
    """What was kept is read back; a damaged file counts as nothing seen."""
    head = await ledger.head()
    file = HighWaterFile(tmp_path / "ledger.seen")
    file.write(HighWater(position=head.position, hash=head.hash, last_run=4))
    await ledger.append([draft("two", 0)])
    assert await difference(ledger, file.read()) == ""
    assert file.read().last_run == 4
    (tmp_path / "ledger.seen").write_text("{")
    assert file.read() == HighWater()
