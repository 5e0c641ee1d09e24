"""Whatever somebody does to the tables is found and named by position, with a remedy."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError

from andon.ledger.ledger import Verification
from andon.testing.ledger_suite import Opened, draft

from .conftest import Place

#: what is done -> the statements, the position that is named, and the words
EDITS = {
    "a changed byte": (("UPDATE entries SET actor = 'eve' WHERE position = 3",), 3, "Entry 3 was changed"),
    "a changed time": (
        ("UPDATE entries SET at = '2026-05-04 12:00:00.123456+00:00' WHERE position = 3",),
        3,
        "Entry 3 was changed",
    ),
    "a changed hash": (("UPDATE entries SET hash = 'f' WHERE position = 3",), 3, "Entry 3 was changed"),
    "a missing entry": (("DELETE FROM entries WHERE position = 3",), 3, "Entry 3 is missing"),
    "missing entries": (("DELETE FROM entries WHERE position IN (3, 4)",), 3, "Entries 3 to 4 are missing"),
    "a missing first entry": (("DELETE FROM entries WHERE position = 1",), 1, "Entry 1 is missing"),
    "a missing entry, closed up": (
        (
            "DELETE FROM entries WHERE position = 3",
            "UPDATE entries SET position = position + 100 WHERE position > 3",
            "UPDATE entries SET position = position - 101 WHERE position > 100",
        ),
        3,
        "Entry 3 was changed",
    ),
    "reordered entries": (
        (
            "UPDATE entries SET position = 100 WHERE position = 3",
            "UPDATE entries SET position = 3 WHERE position = 4",
            "UPDATE entries SET position = 4 WHERE position = 100",
        ),
        3,
        "the entry that belongs at position 3 stands at 4",
    ),
    "an entry moved to the end": (
        ("UPDATE entries SET position = 100 WHERE position = 3",),
        3,
        "the entry that belongs at position 3 stands at 100",
    ),
    "an entry before the first": (
        ("UPDATE entries SET position = -1 WHERE position = 3",),
        1,
        "nobody appended stands before entry 1, at position -1",
    ),
}


async def verified_after(place: Place, opened: Opened, *statements: str) -> Verification:
    """What verify says of six entries after the edit."""
    ledger = await opened()
    await ledger.append([draft("run/1", number) for number in range(6)])
    assert (await ledger.verify()).ok
    place.edit(*statements)
    return await ledger.verify()


@pytest.mark.anyio
@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_is_found_and_named(edit: str, place: Place, opened: Opened) -> None:
    """The proof ends before the first wrong entry and says which it is, and what to do."""
    statements, position, words = EDITS[edit]
    found = await verified_after(place, opened, *statements)
    assert not found.ok
    assert (found.position, found.entries, found.head.position) == (position, position - 1, position - 1)
    assert words in found.problem
    assert "backup" in found.remedy


@pytest.mark.anyio
async def test_a_cut_tail_is_found_by_a_kept_head(place: Place, opened: Opened) -> None:
    """Entries cut off the end leave a chain that is whole; only a head kept elsewhere shows them."""
    ledger = await opened()
    await ledger.append([draft("run/1", number) for number in range(6)])
    kept = await ledger.head()
    place.edit("DELETE FROM entries WHERE position > 4")
    assert (await ledger.verify()).ok
    found = await ledger.verify(kept)
    assert (found.ok, found.position, found.entries) == (False, 5, 4)
    assert "Entries 5 to 6 are cut off the end" in found.problem


@pytest.mark.anyio
@pytest.mark.parametrize("statement", ["UPDATE entries SET actor = 'eve'", "DELETE FROM entries"])
async def test_a_mistake_cannot_change_history(statement: str, place: Place, opened: Opened) -> None:
    """The tables themselves refuse to change or lose an entry."""
    await (await opened()).append((draft(),))
    url = make_url(place.url)
    engine = create_engine(url.set(drivername=url.get_backend_name().replace("postgresql", "postgresql+psycopg")))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
