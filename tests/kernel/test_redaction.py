"""What leaves the house tells nothing about keys."""

from __future__ import annotations

import pytest

from andon.kernel.redaction import KEPT_BACK, masked, without_secrets


@pytest.mark.parametrize("name", sorted(KEPT_BACK))
def test_what_is_kept_back_is_left_out_however_deep(name: str) -> None:
    """In records inside of lists inside of records."""
    data = {"kept": 1, name: "x", "inside": [{name: "x", "kept": 2}]}
    assert without_secrets(data) == {"kept": 1, "inside": [{"kept": 2}]}


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("https://ada:secret@git.example/shop", "https://git.example/shop"),
        ("see https://token@git.example and http://a.example", "see https://git.example and http://a.example"),
        ("https://git.example/@ada", "https://git.example/@ada"),
        ("ada@example.org", "ada@example.org"),
    ],
)
def test_addresses_lose_who_signs_in(address: str, left: str) -> None:
    """A token in an address is a token."""
    assert without_secrets([address]) == [left]


def test_only_fields_of_words_are_masked() -> None:
    """A secret that is called like an environment must not change which environment an event is about."""
    data = {"environment": "staging-1", "reason": "staging-1", "slot": {"lines": ["a", "staging-1"]}, "number": 1}
    assert masked(data, lambda text: text.replace("staging-1", "***")) == {
        "environment": "staging-1",
        "reason": "***",
        "slot": {"lines": ["a", "***"]},
        "number": 1,
    }
