"""The edge: what counts as a request, and how long anybody may take, said with bytes on a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from ipaddress import ip_network

import h11
import pytest
from h11._receivebuffer import ReceiveBuffer

from andon.standards.web_origin import Network
from andon.testing.waiting import until
from andon.web import edge as edge_module
from andon.web.asgi import Receive, Scope, Send, address_of, answer
from andon.web.edge import EdgeLimits, server_of

pytestmark = pytest.mark.anyio
USUAL = EdgeLimits()
QUICK = EdgeLimits(head_s=0.2, idle_s=1, body_s=0.2, body_bytes=100)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Say who asks, over which scheme, and how long the body is."""
    size, more = 0, scope["type"] == "http"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await answer(send, 200, (), f"{address_of(scope)} {scope['scheme']} {size}".encode())


@asynccontextmanager
async def edge(limits: EdgeLimits = USUAL, trusted: Sequence[Network] = ()) -> AsyncIterator[int]:
    """The port of an application behind the edge."""
    server = server_of(echo, trusted=trusted, limits=limits)
    server.config.lifespan = "off"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)  # noqa: FBT003  (it takes no keyword)
        task = asyncio.create_task(server._serve([listening]))  # without the process's signals
        try:
            await until(lambda: server.started, what="the server to listen")
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await task


async def said(port: int, *parts: bytes) -> bytes:
    """All that the server says until it closes the connection, which it must do by itself."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    try:
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
GOOD = HEAD + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc"
TWO_WAYS = {
    "both lengths": HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both lengths, turned": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "length twice": HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "two lengths": HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "lengths in a list": HEAD + b"Content-Length: 3, 4\r\n\r\nabcd",
    "signed length": HEAD + b"Content-Length: +3\r\n\r\nabc",
    "chunked twice": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked in 1.0": b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "folded header": HEAD + b"X-A: 1\r\n 2\r\nContent-Length: 3\r\n\r\nabc",
    "bare line feeds": b"POST / HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc",
    "one bare line feed": HEAD + b"X-A: 1\nContent-Length: 3\r\n\r\nabc",
    "bare carriage return": HEAD + b"X-A: 1\rX-B: 2\r\nContent-Length: 3\r\n\r\nabc",
    "end by line feed": HEAD + b"Content-Length: 3\r\n\n abc",
    "space before colon": HEAD + b"Content-Length : 3\r\n\r\nabc",
    "two hosts": HEAD + b"Host: y\r\nContent-Length: 3\r\n\r\nabc",
    "no host": b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    "a zero byte": HEAD + b"X-A: 1\x002\r\nContent-Length: 3\r\n\r\nabc",
    "chunk by line feed": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
    "chunk of no number": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
    "no request at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "huge head": HEAD + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("sent", TWO_WAYS.values(), ids=TWO_WAYS.keys())
async def test_what_can_be_read_in_two_ways_is_refused(sent: bytes) -> None:
    """400 (or an end without a word in the middle of an answer), and nothing behind it is taken for a request."""
    async with edge() as port:
        heard = await said(port, sent + GOOD)
    assert b"200 OK" not in heard
    assert not heard or heard.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))


async def test_honest_requests_pass_one_after_the_other() -> None:
    """Chunks with trailers, an empty body, a long head, two in one packet, a head in many pieces."""
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n"
    long = HEAD + b"X-A: " + b"a" * 8000 + b"\r\nContent-Length: 0\r\n\r\n"
    async with edge() as port:
        heard = await said(port, chunked + long, *(bytes((byte,)) for byte in GOOD))
    assert [part[:1] for part in heard.split(b"127.0.0.1 http ")[1:]] == [b"3", b"0", b"3"]


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTT", HEAD, b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET", HEAD + b"Content-Length: 9\r\n\r\nabc"],
    ids=["nothing", "half a line", "half a head", "half a second head", "half a body"],
)
async def test_a_connection_ends_that_brings_no_request(sent: bytes) -> None:
    """Whoever sends half of something does not hold a connection for ever."""
    async with edge(QUICK) as port:
        heard = await said(port, sent)
    assert heard == b"" or b"408" in heard or b"200 OK" in heard


async def test_an_idle_connection_ends() -> None:
    """After an answer the connection waits for a while only."""
    async with edge(QUICK) as port:
        heard = await said(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert heard.endswith(b"127.0.0.1 http 0")


async def test_the_connection_that_waits_for_longest_makes_room() -> None:
    """More connections than there may be: idle ones end, and a new request is answered."""
    async with edge(EdgeLimits(connections=3)) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(6)]
        heard = await said(port, GOOD)
        assert b"200 OK" in heard
        async with asyncio.timeout(10):
            assert await held[0][0].read() == b""
        for _, writer in held:
            writer.close()


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.5"])
async def test_a_sandbox_on_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """A service reaches people's address like anybody, but not the server's own port, whatever address it takes."""
    monkeypatch.setattr(edge_module, "is_from_sandbox", lambda far, near: True)
    async with edge() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        writer.write(GOOD)
        async with asyncio.timeout(10):
            assert (await reader.read()).startswith(b"HTTP/1.1 403 ")
        writer.close()


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        ((), b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n", b"127.0.0.1 http 3"),
        (("127.0.0.1/32",), b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n", b"203.0.113.9 https 3"),
        (("127.0.0.1/32",), b"X-Forwarded-For: 10.9.9.9, 203.0.113.9\r\n", b"203.0.113.9 http 3"),
        (("127.0.0.0/8", "10.0.0.0/8"), b"X-Forwarded-For: 203.0.113.9, 10.0.0.1\r\n", b"203.0.113.9 http 3"),
        (("10.0.0.0/8",), b"X-Forwarded-For: 203.0.113.9\r\n", b"127.0.0.1 http 3"),
    ],
)
async def test_only_trusted_proxies_name_another_client(
    trusted: tuple[str, ...], forwarded: bytes, expected: bytes
) -> None:
    """Nobody is believed unless the operator said so, and then only the last address that is not a proxy's."""
    async with edge(trusted=[ip_network(each) for each in trusted]) as port:
        heard = await said(port, HEAD + forwarded + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc")
    assert heard.endswith(expected)


def test_the_part_of_h11_that_is_made_stricter_is_as_it_was_read() -> None:
    """Heads and trailers both come through the buffer's lines, and every byte of them through `_extract`."""
    changed = "h11 has changed: read its _receivebuffer.py and _readers.py again before you admit this version."
    connection, seen = h11.Connection(h11.SERVER), list[bytes]()

    class Buffer(ReceiveBuffer):
        def _extract(self, count: int) -> bytearray:
            seen.append(bytes(super()._extract(count)))
            return bytearray(seen[-1])

    connection._receive_buffer = Buffer()
    head = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    connection.receive_data(head + b"1\r\nx\r\n0\r\nlast: 1\r\n\r\n")
    events = [type(connection.next_event()).__name__ for _ in range(3)]
    assert events == ["Request", "Data", "EndOfMessage"], changed
    assert seen == [head, b"1\r\n", b"x", b"\r\n", b"0\r\n", b"last: 1\r\n\r\n"], changed
    assert version("h11").startswith("0.16."), changed
