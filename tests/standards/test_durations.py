"""Durations as people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.durations import parse_duration, print_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("1.5s", 1.5), ("5m", 300), ("1h30m", 5400), ("2d", 172800)]
)
def test_a_duration_is_numbers_with_units(text: str, seconds: float) -> None:
    """Several may follow each other."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "s", "5", "-5s", "5 m", "5M", "0s", "8d", "1" * 400 + "d", "1e9s", "5m!"])
def test_anything_else_is_invalid(text: str) -> None:
    """No guesses: a number alone could be seconds or minutes."""
    with pytest.raises(Invalid):
        parse_duration(text)


def test_a_bare_number_is_answered_with_seconds() -> None:
    """The likely meaning is offered, not taken."""
    with pytest.raises(Invalid, match='Write "90s" for seconds'):
        parse_duration("90")


@given(st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=7)))
def test_what_is_printed_is_read_as_the_same(duration: timedelta) -> None:
    """To the millisecond."""
    rounded = timedelta(milliseconds=round(duration / timedelta(milliseconds=1)))
    assert parse_duration(print_duration(duration)) == rounded


@given(st.text())
def test_any_text_is_a_duration_or_invalid(text: str) -> None:
    """Nothing else ever comes out."""
    with suppress(Invalid):
        assert timedelta() < parse_duration(text) <= timedelta(days=7)
