"""A name that matches nothing is an error that helps."""

from __future__ import annotations

import re

import pytest

from andon.kernel.errors import NotFound
from andon.standards.known import known_filter, known_name


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("prdo", ("test", "prod"), 'There is no environment "prdo". Did you mean "prod"?'),
        ("x", ("test", "prod"), 'There is no environment "x". Known here: test, prod.'),
        ("x", (), 'There is no environment "x". There is no environment yet.'),
        ("x", tuple(f"e{n}" for n in range(14)), "e11 and 2 more."),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_or_all(word: str, known: tuple[str, ...], said: str) -> None:
    """Not an empty list."""
    with pytest.raises(NotFound, match=re.escape(said)):
        known_filter(word, known, "environment")


def test_a_known_name_and_no_filter_pass() -> None:
    """And what to do may be said instead of a list."""
    known_filter("", (), "environment")
    known_name("test", ("test",), "environment")
    with pytest.raises(NotFound, match=r"Push one\."):
        known_name("x", (), "service", otherwise="Push one.")
