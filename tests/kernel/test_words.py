"""Durations, ages, counts and lists in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.words import ago, duration, listed, minute, plural, utc

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"),
        (0.44, "0.4 s"),
        (41, "41 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min"),
        (123, "2 min 3 s"),
        (3599.7, "1 h"),
        (11520, "3 h 12 min"),
        (352800, "4 d 2 h"),
    ],
)
def test_a_duration_has_its_units(seconds: float, text: str) -> None:
    """Two units at most, and never sixty of a smaller one."""
    assert duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("back", "text"),
    [
        (3, "just now"),
        (-3, "just now"),
        (40, "40 s ago"),
        (240, "4 min ago"),
        (7200, "2 h ago"),
        (90_000, "1 d ago"),
        (-240, "in 4 min"),
    ],
)
def test_an_instant_is_told_from_now(back: float, text: str) -> None:
    """What was is so long ago; what comes is in so long."""
    assert ago(NOON - timedelta(seconds=back), NOON) == text


def test_a_count_goes_with_its_noun() -> None:
    """One is not many."""
    assert [plural(1, "task"), plural(1204, "task"), plural(0, "reply", "replies")] == [
        "1 task",
        "1,204 tasks",
        "0 replies",
    ]


def test_a_list_in_a_sentence() -> None:
    """The last has a word before it."""
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b"], "or")] == [
        "",
        "a",
        "a, b and c",
        "a or b",
    ]


def test_a_minute_is_utc() -> None:
    """Of an instant, and of one as JSON has it."""
    at = datetime(2026, 11, 23, 9, 14, 3, tzinfo=UTC)
    assert minute(at) == minute("2026-11-23T10:14:03+01:00") == minute(at.isoformat()) == "2026-11-23 09:14 UTC"


def test_utc_is_said_in_full() -> None:
    """On hover an instant has its date and its zone."""
    assert utc(NOON) == "2026-11-23 12:00:00 UTC"


@pytest.mark.parametrize(
    ("words", "text"),
    [("a", "a"), ("ab", "a and b"), ("abcde", "a, b, c, d and e"), ("abcdef", "a, b, c, d and 2 more")],
)
def test_very_many_are_named_in_part_and_counted(words: str, text: str) -> None:
    """None is left out without a word."""
    assert listed(tuple(words), most=5) == text
