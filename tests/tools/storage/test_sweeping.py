"""Sweeps over real folders and a real registry, recorded in a real ledger."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from andon.engine.codec import Codec
from andon.engine.engine import Engine, Parts
from andon.kernel.ids import EventId, StreamId
from andon.kernel.sizes import MEBIBYTE
from andon.ledger.opening import open_ledger
from andon.tools.storage.adapters.stores_folders import FolderStore
from andon.tools.storage.events import EVENTS, StorageSwept
from andon.tools.storage.model.retention import RetentionPolicy
from andon.tools.storage.model.storage import NOUN, SweptKind
from andon.tools.storage.sweeping import Sweeper

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Kept:
    """Events as they come."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def apply(self, happened: object) -> None:
        self.events.append(getattr(happened, "event", None))


@pytest.fixture
async def seen(tmp_path: Path) -> AsyncIterator[tuple[Engine, Kept]]:
    ledger, kept, ids = await open_ledger(f"sqlite:///{tmp_path}/ledger.db"), Kept(), count()
    engine = Engine(
        Parts(
            ledger=ledger,
            codec=Codec(EVENTS),
            nouns=(NOUN,),
            new_id=lambda: EventId(f"ev_{next(ids)}"),
            views=(kept,),
        )
    )
    await engine.start()
    yield engine, kept
    await engine.stop()
    await ledger.close()


def run(runs: Path, number: int, days: float) -> Path:
    """The folder of a run whose log was written so long ago."""
    log = runs / str(number) / "unit" / "log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * 8192)
    at = (NOW - timedelta(days=days)).timestamp()
    for path in (log, log.parent, log.parent.parent):
        os.utime(path, (at, at))
    return log.parent.parent


def sweeper(engine: Engine, store: FolderStore) -> Sweeper:
    policy = RetentionPolicy(age=timedelta(days=90), size_bytes=MEBIBYTE)
    return Sweeper(desk=engine.desk, stores=(("run logs", store),), policy=policy, now=lambda: NOW)


async def test_old_logs_go_and_the_ledger_says_how_many_and_how_much(seen: tuple[Engine, Kept], tmp_path: Path) -> None:
    engine, kept = seen
    runs = tmp_path / "runs"
    old, new, held = run(runs, 1, 100), run(runs, 2, 80), run(runs, 3, 100)
    store = FolderStore("run logs", runs, lambda name: "in progress" if name == "3" else "")
    await sweeper(engine, store).sweep()
    assert (old.exists(), new.exists(), held.exists()) == (False, True, True)
    (event,) = kept.events
    assert isinstance(event, StorageSwept)
    (swept,) = event.deleted
    assert (swept.kind, swept.count, swept.aged) == ("run logs", 1, 1)
    assert swept.size_bytes >= 8192
    assert (await engine.desk.load(StreamId("storage/server"))).count == 1


async def test_a_sweep_that_deletes_nothing_is_not_recorded(seen: tuple[Engine, Kept], tmp_path: Path) -> None:
    engine, kept = seen
    assert (await sweeper(engine, FolderStore("run logs", tmp_path / "none", lambda _: "")).sweep()).deleted == ()
    assert kept.events == []


class Stubborn(FolderStore):
    """One folder of it cannot be deleted."""

    def remove(self, name: str) -> None:
        if name == "1":
            raise OSError(errno.EIO, "Input/output error")
        super().remove(name)


async def test_what_cannot_be_deleted_is_named_and_the_rest_goes(seen: tuple[Engine, Kept], tmp_path: Path) -> None:
    engine, _ = seen
    runs = tmp_path / "runs"
    run(runs, 1, 100)
    run(runs, 2, 100)
    swept = await sweeper(engine, Stubborn("run logs", runs, lambda _: "")).sweep()
    assert [one.count for one in swept.deleted] == [1]
    assert swept.trouble == "run logs 1: [Errno 5] Input/output error"


def test_what_an_earlier_server_began_to_delete_is_gone(tmp_path: Path) -> None:
    run(tmp_path, 1, 1).rename(tmp_path / ".1.going")
    assert FolderStore("run logs", tmp_path, lambda _: "").kept() == ()
    assert list(tmp_path.iterdir()) == []


def test_what_is_held_by_the_time_it_would_be_deleted_stays(tmp_path: Path) -> None:
    kept = run(tmp_path, 1, 100)
    FolderStore("run logs", tmp_path, lambda _: "in progress").remove("1")
    assert kept.is_dir()


def test_the_counts_of_a_sweep_are_added_up() -> None:
    event = StorageSwept(deleted=(SweptKind(kind="images", count=2, size_bytes=5, aged=1),))
    assert event.evolve(event.evolve(NOUN.initial)).size_bytes == 10
