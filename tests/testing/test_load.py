"""The load generator counts what a kind client would hide."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from andon.testing.load import Load
from andon.testing.waiting import until

pytestmark = pytest.mark.anyio

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[int]:
    """A server that gives these answers on each connection, the last one again; at an empty one it closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = list(answers)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                given = left.pop(0) if len(left) > 1 else left[0]
                if not given:
                    return
                writer.write(given)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_good_answers_are_counted() -> None:
    """Over all connections, each connection used again and again."""
    async with answering(GOOD) as port, Load(port, connections=3) as load:
        await until(lambda: load.done > 30, what="answers")
    assert (load.failed, set(load.bodies)) == (0, {b"ok"})


async def test_answers_in_chunks_are_whole_answers() -> None:
    """As servers write that do not know the length before."""
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
    async with answering(chunks) as port, Load(port, connections=1) as load:
        await until(lambda: load.done > 3, what="answers")
    assert (load.failed, set(load.bodies)) == (0, {b"abcd"})


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"", "IncompleteReadError"),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "status 503"),
        (b"nonsense\r\n\r\n", "no HTTP: 'nonsense'"),
    ],
)
async def test_everything_else_is_a_failure(bad: bytes, reason: str) -> None:
    """A closed connection, a bad status, no HTTP at all: each is counted by its reason, and nothing is asked twice."""
    async with answering(GOOD, bad) as port, Load(port, connections=1) as load:
        await until(lambda: load.failed > 2, what="failures")
    assert set(load.reasons) == {reason}


async def test_a_connection_that_the_server_announces_to_close_is_no_failure() -> None:
    """The next request goes over a new one."""
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    async with answering(closing, b"") as port, Load(port, connections=1) as load:
        await until(lambda: load.done > 3, what="answers")
    assert load.failed == 0


async def test_nobody_there_is_a_failure() -> None:
    """Each try that is refused."""
    async with answering(GOOD) as port:
        pass
    async with Load(port, connections=1) as load:
        await until(lambda: load.failed > 1, what="failures")
    assert set(load.reasons) == {"no connection: ConnectionRefusedError"}
