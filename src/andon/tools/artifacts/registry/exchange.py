"""One HTTP request and its answer, over ASGI: the body as a stream, the answer in one piece or in many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from andon.standards.oci import print_json
from andon.tools.artifacts.registry.complaints import Complaint, Disconnected

# ASGI's own types: maps of names to values of any kind
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class RegistryExchange:
    """A request being answered."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.scheme: str = scope.get("scheme", "http")
        self.headers: dict[str, str] = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        self.query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        #: True once the status is on its way, so that no other can be sent
        self.answering = False
        self._receive = receive
        self._send = send

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter, or None."""
        values = self.query.get(name)
        return values[0] if values else None

    async def body(self) -> AsyncIterator[bytes]:
        """The request's body in the pieces it arrives in. Errors: Disconnected."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Disconnected("The client went away before its request was complete.")
            if chunk := message.get("body", b""):
                yield chunk
            more = message.get("more_body", False)

    async def whole_body(self, limit_bytes: int, what: str = "A manifest") -> bytes:
        """The request's body in one piece. Errors: Complaint (413) when it is longer than the limit."""
        content = bytearray()
        async for chunk in self.body():
            content += chunk
            if len(content) > limit_bytes:
                message = f"{what} may have {limit_bytes} bytes; this one has more."
                raise Complaint(413, "MANIFEST_INVALID", message)
        return bytes(content)

    async def start(self, status: int, headers: Mapping[str, str], repeated: Iterable[tuple[str, str]] = ()) -> None:
        """Send the status and the headers."""
        self.answering = True
        pairs = [*headers.items(), *repeated]
        encoded = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in pairs]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def send(self, chunk: bytes, *, more: bool) -> None:
        """Send a piece of the answer's body."""
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})

    async def reply(
        self,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        repeated: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Answer in one piece."""
        await self.start(status, {"content-length": str(len(body)), **(headers or {})}, repeated)
        await self.send(body, more=False)

    async def complain(self, complaint: Complaint) -> None:
        """Answer with an error in the standard's form."""
        error = {"code": complaint.code, "message": complaint.message}
        headers = {"content-type": "application/json", **complaint.headers}
        await self.reply(complaint.status, headers, print_json({"errors": [error]}))
