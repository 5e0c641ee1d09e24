"""JSON of known shape: what is wrong is said with its place."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.json_body import decode


class Inner(msgspec.Struct):
    """A part."""

    number: int
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Outer(msgspec.Struct):
    """The whole."""

    name: str
    inner: list[Inner] = []


DECODER = msgspec.json.Decoder(Outer)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body: this is no JSON: Input data was truncated."),
        (b'{"name"', "body: this is no JSON: Input data was truncated."),
        (b"\xff", "body: this is no JSON"),
        (b"[]", "body: expected an object, found a list."),
        (b"{}", 'body: expected a field "name".'),
        (b'{"name": 1}', "body: name: expected text, found a whole number."),
        (b'{"name": "a", "inner": [{"number": null}]}', "body: inner[0].number: expected a whole number, found null."),
        (b'{"name": "a", "inner": [{"number": 1, "at": "2026"}]}', "body: inner[0].at: expected a time with its zone"),
        (
            b'{"name": "a", "inner": [{"number": 1, "at": "2026-01-01T00:00:00"}]}',
            "body: inner[0].at: expected a time with its zone",
        ),
        (b'{"name": "a", "more": ' + b"[" * 200_000, "nested too deep"),
    ],
)
def test_what_where_and_what_was_expected(body: bytes, said: str) -> None:
    """A person finds the place from the message alone."""
    with pytest.raises(Invalid) as error:
        decode(DECODER, body, "body")
    assert said in str(error.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_record_or_are_refused(body: bytes) -> None:
    """Nothing else happens."""
    with contextlib.suppress(Invalid):
        assert isinstance(decode(DECODER, body, "body"), Outer)
