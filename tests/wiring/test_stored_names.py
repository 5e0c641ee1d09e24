"""What a ledger may hold can be read for ever, wherever the classes of its events have moved."""

from __future__ import annotations

from pathlib import Path

from andon.engine.codec import type_name
from andon.wiring.engine import EVENTS

#: every name that was ever stored, by name; lines are added, and never taken away
NAMES = Path(__file__).with_name("stored_names.txt").read_text(encoding="utf-8").split()


def test_every_name_that_was_ever_stored_is_known() -> None:
    """A class that moves or gets another name says its old one: `stored_as`. A new event gets a line in the list."""
    assert sorted(map(type_name, EVENTS)) == NAMES
