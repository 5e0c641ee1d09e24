"""A follower's bell: what it brings, and when the store must be asked all the same."""

from __future__ import annotations

from andon.kernel.envelope import Entry
from andon.ledger.bells import MOST_HEARD, Bell
from andon.ledger.rows import seal
from andon.testing.ledger_suite import draft


def entries(*positions: int) -> list[Entry]:
    """Entries at these positions."""
    return [seal(draft(f"run/{position}"), position, "") for position in positions]


def listening() -> Bell:
    """A bell of a follower who has read everything."""
    bell = Bell()
    assert bell.must_look()
    return bell


def test_what_follows_without_a_gap_is_not_read_again() -> None:
    """Entries of this process come with the bell, once."""
    bell = listening()
    bell.ring(entries(3, 4))
    bell.ring(entries(5))
    assert [entry.position for entry in bell.heard(3)] == [4, 5]
    assert bell.heard(5) == ()
    assert not bell.must_look()


def test_a_gap_is_read_from_the_store() -> None:
    """Where another process has written in between, the store knows it; nothing is passed over."""
    bell = listening()
    bell.ring(entries(3, 6))
    assert bell.heard(2) == ()
    assert bell.must_look()


def test_others_make_it_look() -> None:
    """A ring that brings nothing is one of another process."""
    bell = listening()
    bell.ring(entries(3))
    bell.ring(())
    assert bell.heard(2) == ()
    assert bell.must_look()


def test_a_busy_follower_costs_no_memory() -> None:
    """What is too much to be kept is read later."""
    bell = listening()
    bell.ring(entries(*range(1, MOST_HEARD + 2)))
    assert bell.heard(0) == ()
    assert bell.must_look()
