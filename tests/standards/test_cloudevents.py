"""CloudEvents in their three ways over HTTP."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.cloudevents import BATCH, STRUCTURED, is_cloudevent, parse_cloudevents

DATA = {"what": "ever"}
BINARY = {
    "ce-specversion": "1.0",
    "ce-id": "7",
    "ce-source": "/a%20place",
    "ce-type": "org.example.happened",
    "ce-subject": "caf%C3%A9",
    "ce-time": "2026-03-01T12:00:00Z",
    "content-type": "application/json",
}
ONE = {"specversion": "1.0", "id": "7", "source": "/a place", "type": "org.example.happened", "subject": "café"}


def body(event: object) -> bytes:
    """As JSON."""
    return json.dumps(event).encode()


def test_the_same_event_in_every_way() -> None:
    """In headers, in the body, in a list, and with its data in base64."""
    coded = base64.b64encode(body(DATA)).decode()
    (binary,) = parse_cloudevents(BINARY, body(DATA))
    (structured,) = parse_cloudevents({"content-type": f"{STRUCTURED}; charset=utf-8"}, body({**ONE, "data": DATA}))
    first, second = parse_cloudevents(
        {"content-type": BATCH}, body([{**ONE, "data_base64": coded}, {**ONE, "id": "8"}])
    )
    for event in (binary, structured, first):
        assert (event.id, event.source, event.type) == ("7", "/a place", "org.example.happened")
        assert (event.subject, json.loads(event.data)) == ("café", DATA)
    assert (second.id, second.data) == ("8", b"")


def test_a_request_says_whether_it_holds_cloudevents() -> None:
    """By its headers alone."""
    assert is_cloudevent(BINARY)
    assert is_cloudevent({"content-type": "Application/CloudEvents+json"})
    assert not is_cloudevent({"content-type": "application/json"})


@pytest.mark.parametrize(
    ("headers", "content", "said"),
    [
        ({"ce-specversion": "1.0", "ce-id": "7"}, b"", "ce-source, ce-type is missing"),
        ({**BINARY, "ce-specversion": "9"}, b"", 'CloudEvents version "9" is not read here'),
        ({"content-type": STRUCTURED}, b"{}", "the event: expected a field"),
        ({"content-type": STRUCTURED}, body({**ONE, "data_base64": "%"}), "data_base64: this is no base64"),
        ({"content-type": BATCH}, body(ONE), "expected a list"),
        ({"content-type": BATCH}, body([ONE, {**ONE, "specversion": "0.1"}]), "the batch: [1]"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(headers: dict[str, str], content: bytes, said: str) -> None:
    """A sender can mend it from the message alone."""
    with pytest.raises(Invalid) as error:
        parse_cloudevents(headers, content)
    assert said in str(error.value)


@given(
    st.sampled_from([BATCH, STRUCTURED, "application/json", ""]),
    st.dictionaries(st.sampled_from([name for name in BINARY if name.startswith("ce-")]), st.text(max_size=12)),
    st.binary(max_size=40),
)
def test_any_request_is_read_or_is_refused(media_type: str, headers: dict[str, str], content: bytes) -> None:
    """Nothing else happens."""
    with contextlib.suppress(Invalid):
        parse_cloudevents({**headers, "content-type": media_type}, content)
