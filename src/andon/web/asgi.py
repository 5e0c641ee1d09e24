"""The little of ASGI that the layers before the web framework need: its types, its headers, a whole answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: methods that change nothing
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def headers_of(scope: Scope) -> dict[str, str]:
    """The request's headers, names in lower case; several cookie headers are joined, of others the last counts."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope.get("headers", ()):
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}; {value}" if name == "cookie" and name in found else value
    return found


def address_of(scope: Scope) -> str:
    """Where the request comes from; "" when the server cannot tell."""
    client = scope.get("client")
    return str(client[0]) if client else ""


async def answer(send: Send, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
    """Send a whole answer."""
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
