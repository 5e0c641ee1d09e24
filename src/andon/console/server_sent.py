"""Server-sent events: messages out of a stream of bytes.

Source: WHATWG HTML, 9.2 "Server-sent events".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSentEvent:
    """One thing the server said."""

    #: position in the ledger; "" when it has none
    id: str
    #: its kind; "message" when it says none
    event: str
    data: str


def messages(chunks: Iterable[bytes]) -> Iterator[ServerSentEvent]:
    """The messages, as soon as each is whole; comments and messages without data are left out."""
    fields: dict[str, list[str]] = {}
    for line in _lines(chunks):
        if not line:
            if "data" in fields:
                yield _message(fields)
            fields = {}
            continue
        name, _, value = line.partition(":")
        fields.setdefault(name, []).append(value.removeprefix(" "))


def _message(fields: dict[str, list[str]]) -> ServerSentEvent:
    last = {name: values[-1] for name, values in fields.items()}
    return ServerSentEvent(id=last.get("id", ""), event=last.get("event", "message"), data="\n".join(fields["data"]))


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode(errors="replace")
