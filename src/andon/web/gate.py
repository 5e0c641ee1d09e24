"""The gate: reads from a request's headers who is asking, for the web framework and for the doors beside it.

A token comes as `Authorization: Bearer`, or as the password of `Basic` as git and podman send it; a browser shows its
session cookie. Keys are looked up by their sha256, so that no comparison can leak a key by its time.
"""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from andon.kernel.ids import Actor
from andon.web.asgi import App, Message, Receive, Scope, Send, headers_of
from andon.web.errors import NotLoggedIn
from andon.web.sessions import session_of
from andon.web.who import ANONYMOUS, WHO, Gate, Who, who_in

#: longer ones are none of ours and are not worth hashing
SECRET_LIMIT = 256


class Keyring(Protocol):
    """Knows the keys that were given out."""

    def of_token(self, sha256: str, now: datetime) -> Who | None:
        """Who a token belongs to, while it is good."""
        ...

    def of_session(self, sha256: str, now: datetime) -> Who | None:
        """Who a session belongs to, while it is open."""
        ...


def sha256_of(secret: str) -> str:
    """What is kept of a secret: enough to know it again. A 160-bit random secret needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_in(headers: Mapping[str, str]) -> str | None:
    """The token in the Authorization header; "" when there is a header without a usable one, None without a header."""
    given = headers.get("authorization")
    if given is None:
        return None
    scheme, _, rest = given.strip().partition(" ")
    token = rest.strip() if scheme.lower() == "bearer" else _password(rest) if scheme.lower() == "basic" else ""
    return token if len(token) <= SECRET_LIMIT else ""


def _password(encoded: str) -> str:
    try:
        return b64decode(encoded.strip(), validate=True).decode().partition(":")[2]
    except (NotBase64, UnicodeDecodeError, ValueError):
        return ""


class KeyGate:
    """The gate over a keyring. A token that is shown decides alone: a wrong one is not made good by a cookie."""

    def __init__(self, keyring: Keyring, *, now: Callable[[], datetime], https: bool = False) -> None:
        self._keyring = keyring
        self._now = now
        self._https = https

    async def identify(self, headers: Mapping[str, str]) -> Who | None:
        """Who asks, or None when the headers name nobody that is known. Header names in lower case."""
        token = token_in(headers)
        if token is not None:
            return self._keyring.of_token(sha256_of(token), self._now()) if token else None
        session = session_of(headers, https=self._https)
        if session is None or len(session) > SECRET_LIMIT:
            return None
        return self._keyring.of_session(sha256_of(session), self._now())


class WhileKnown:
    """One answer, which goes on no longer than the key of who asked: a stream may be open for days.

    An answer of a known length has its end anyway.
    """

    def __init__(self, gate: Gate, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        self._gate = gate
        self._headers = headers
        self._receive = receive
        self._send = send
        self._parts = 0
        self._is_sized = False
        self._is_heard = False
        self._over = asyncio.Event()

    async def send(self, message: Message) -> None:
        """Pass it on; before the second part of a body, and all that follow, the key is looked at again."""
        if self._over.is_set():
            return
        if message["type"] == "http.response.start":
            self._is_sized = any(name.lower() == b"content-length" for name, _ in message["headers"])
        elif not self._is_sized:
            self._parts += 1
            if self._parts > 1 and await self._gate.identify(self._headers) is None:
                self._over.set()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def receive(self) -> Message:
        """What the client says; when the key is over: that it left, so that the stream ends."""
        if not self._is_heard:
            message = await self._receive()
            self._is_heard = not message.get("more_body", False)
            return message
        hearing, ending = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({hearing, ending}, return_when=asyncio.FIRST_COMPLETED)
            return hearing.result() if hearing.done() else {"type": "http.disconnect"}
        finally:
            hearing.cancel()
            ending.cancel()


class Identified:
    """The layer that notes in every request who is asking."""

    def __init__(self, app: App, gate: Gate, *, public_read: bool = False) -> None:
        self._app = app
        self._gate = gate
        self._visitor = Who(
            actor=Actor("anonymous"), account=None, permissions=frozenset({"read"} if public_read else ())
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = headers_of(scope)
            found = await self._gate.identify(headers)
            if found is not None:
                lasting = WhileKnown(self._gate, headers, receive, send)
                receive, send = lasting.receive, lasting.send
            # a wrong token is nobody, not a visitor: its owner must hear of it
            scope[WHO] = found or (ANONYMOUS if "authorization" in headers else self._visitor)
        await self._app(scope, receive, send)


def provide_who(request: Request[Any, Any, State]) -> Who:
    """The dependency `who` of every handler."""
    return who_in(request.scope)


def login_required(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of the whole application: only a handler with opt={"public": True} is open to everyone.

    One that gives a command says which: opt={"gives": PullCord}; one that shows more than every reader may see says
    what that needs: opt={"permission": "push"}.
    Errors: NotLoggedIn, Forbidden.
    """
    if handler.opt.get("public"):
        return
    who = who_in(connection.scope)
    if not who.may("read"):
        raise NotLoggedIn
    if gives := handler.opt.get("gives"):
        who.require_for(gives)
    who.require(handler.opt.get("permission", "read"))
