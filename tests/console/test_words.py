"""Durations, ages, sizes and counts as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.console.words import age, count, listed, size, took

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min"),
        (123, "2 min 3 s"),
        (3840, "1 h 4 min"),
        (-1, "0.0 s"),
    ],
)
def test_how_long_it_took(seconds: float, text: str) -> None:
    """Two units at most."""
    assert took(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (2, "now"),
        (12, "12 s ago"),
        (250, "4 min ago"),
        (7300, "2 h ago"),
        (90_000, "1 day ago"),
        (2_000_000, "31 Oct 2026"),
    ],
)
def test_how_long_ago(seconds: int, text: str) -> None:
    """One unit; what is old has a date."""
    assert age(NOW - timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(812, "812 B"), (4300, "4.2 KiB"), (32_505_856, "31 MiB"), (1024**2 - 1, "1.0 MiB"), (1024**4, "1.0 TiB")],
)
def test_how_much(size_bytes: int, text: str) -> None:
    """Two digits are enough."""
    assert size(size_bytes) == text


def test_how_many() -> None:
    """One is not many."""
    assert [count(1, "task"), count(3, "task"), count(0, "reply", "replies")] == ["1 task", "3 tasks", "0 replies"]


def test_a_list_in_a_sentence() -> None:
    """The last has a word before it."""
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b"], "or")] == [
        "",
        "a",
        "a, b and c",
        "a or b",
    ]
