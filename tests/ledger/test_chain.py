"""The encoding of the hash chain cannot be confused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.ledger.chain import NOTHING_BEFORE, Field, encode, link

fields = st.lists(st.one_of(st.none(), st.integers(), st.text(st.characters(codec="utf-8")), st.binary()), max_size=6)


@given(fields, fields)
def test_different_fields_have_different_encodings(one: list[Field], other: list[Field]) -> None:
    """Two encodings are the same only when the fields are, kind by kind."""
    same = [(type(field), field) for field in one] == [(type(field), field) for field in other]
    assert (encode(one) == encode(other)) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["ab", "c"], ["a", "bc"]),
        (["1"], [1]),
        ([""], [None]),
        (["a"], [b"a"]),
        (["s1:a"], ["s1", "a"]),
        ([1, 23], [12, 3]),
    ],
)
def test_what_could_be_confused_is_not(one: list[Field], other: list[Field]) -> None:
    """Moving a border or changing a kind changes the encoding."""
    assert encode(one) != encode(other)


@given(fields)
def test_the_hash_depends_on_all_that_came_before(these: list[Field]) -> None:
    """The same fields after another hash have another hash."""
    first = link(NOTHING_BEFORE, these)
    assert first != link(first, these)
    assert len(first) == 64


def test_the_encoding_stays() -> None:
    """The encoding of a stored ledger never changes: this hash is that of the first release."""
    known = "e4dde0d7a5156907adc965c97d9fce8fa1c80b746c7f008952516e2ba0b4a23e"
    assert link(NOTHING_BEFORE, (1, "run/1", None, b"{}")) == known


def test_no_other_kinds() -> None:
    """A field of a kind that no entry has is no field."""
    with pytest.raises(TypeError, match="float"):
        encode([1.5])  # type: ignore[list-item]  # on purpose
