"""HEAD answers what GET answers, without the body."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from andon.web.asgi import Message, Receive, Scope, Send
from andon.web.head import with_head

pytestmark = pytest.mark.anyio


async def asked(method: str, app: Any) -> list[Message]:
    """What is sent for a request."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await asyncio.wait_for(with_head(app)({"type": "http", "method": method}, receive, send), 10)
    return sent


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Goes on until the client leaves."""
    assert scope["method"] == "GET"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    assert (await receive())["type"] == "http.disconnect"
    await send({"type": "http.response.body", "body": b"last"})


async def test_head_has_no_body_and_ends() -> None:
    """Also where the body would go on for ever."""
    start, body = await asked("HEAD", stream)
    assert (start["status"], body) == (200, {"type": "http.response.body", "body": b""})
