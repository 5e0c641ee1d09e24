"""Server-sent events out of bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from andon.console.server_sent import ServerSentEvent, messages


def test_a_message_has_id_kind_and_data() -> None:
    """Data of several lines is one text; comments and empty messages are left out."""
    text = b": hello\n\nid: 3\nevent: log\ndata: one\ndata:two\n\nevent: nothing\n\ndata: last\n\ndata: never ended\n"
    assert list(messages([text])) == [
        ServerSentEvent(id="3", event="log", data="one\ntwo"),
        ServerSentEvent(id="", event="message", data="last"),
    ]


@given(st.lists(st.integers(1, 30)))
def test_messages_do_not_depend_on_how_the_bytes_come(cuts: list[int]) -> None:
    """Cut anywhere, also inside a letter."""
    text = "id: 1\ndata: Größe\n\ndata: b\r\n\r\n".encode()
    pieces, rest = [], text
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert [message.data for message in messages([*pieces, rest])] == ["Größe", "b"]
