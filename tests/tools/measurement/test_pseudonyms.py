"""Pseudonyms of the pulse: known again within a week, and no more than that."""

from __future__ import annotations

from andon.kernel.ids import AccountName
from andon.tools.measurement.pseudonyms import Pseudonyms

ADA, GRACE = AccountName("ada"), AccountName("grace")
PSEUDONYMS = Pseudonyms(key=b"k" * 32)


def test_a_person_has_one_voice_a_week() -> None:
    """So that an answer can be changed, and counts once."""
    assert PSEUDONYMS.of(ADA, "2026-W48") == PSEUDONYMS.of(ADA, "2026-W48")
    assert PSEUDONYMS.of(ADA, "2026-W48") != PSEUDONYMS.of(GRACE, "2026-W48")


def test_voices_cannot_be_followed_or_guessed() -> None:
    """Not from week to week, not by who knows the names, and not by an accident of where name and week meet."""
    assert PSEUDONYMS.of(ADA, "2026-W48") != PSEUDONYMS.of(ADA, "2026-W49")
    assert PSEUDONYMS.of(ADA, "2026-W48") != Pseudonyms(key=b"l" * 32).of(ADA, "2026-W48")
    assert PSEUDONYMS.of(AccountName("8ada"), "2026-W4") != PSEUDONYMS.of(ADA, "2026-W48")
    assert "ada" not in PSEUDONYMS.of(ADA, "2026-W48")


def test_the_key_is_in_no_representation() -> None:
    """Nor in a log that shows what a handler got."""
    assert "k" * 8 not in repr(PSEUDONYMS)
