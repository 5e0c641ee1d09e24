"""The proxy of one task, asked with bytes on real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from andon.machine.network.contacts import Contacts, summed
from andon.machine.network.policy import EgressPolicy
from andon.machine.network.proxy import ProxyLimits, TaskProxy
from andon.machine.network.request import NoRequest, parse_request
from andon.testing.waiting import until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def far(said: list[bytes]) -> AsyncIterator[int]:
    """A host that answers what it hears, and closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = await reader.read(10_000)
        said.append(heard)
        writer.write(b"heard " + heard[-4:])
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def ask(proxy: TaskProxy, *parts: bytes) -> bytes:
    """What the proxy answers, to its end; each part is sent when something came back for the one before."""
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        answered = b""
        for part in parts:
            writer.write(part)
            if part is not parts[-1]:
                answered += await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(20):
            answered += await reader.read()
        writer.close()
    return answered


def proxy_to(folder: Path, *opened: str, limits: ProxyLimits | None = None) -> TaskProxy:
    """A proxy of a task that may reach the internet, and what is opened."""
    policy = EgressPolicy(hosts=None, opened=frozenset(opened))
    return TaskProxy(policy=policy, contacts=Contacts(folder / "contacts"), limits=limits or ProxyLimits())


async def test_a_tunnel_passes_bytes_and_counts_them(tmp_path: Path) -> None:
    """CONNECT, as for https."""
    said: list[bytes] = []
    async with far(said) as port:
        place = f"127.0.0.1:{port}"
        heard = await ask(proxy_to(tmp_path, place), f"CONNECT {place} HTTP/1.1\r\n\r\n".encode(), b"hello")
    assert heard.startswith(b"HTTP/1.1 200 ")
    assert heard.endswith(b"heard ello")
    assert said == [b"hello"]
    await until(lambda: bool(summed(tmp_path / "contacts")), what="the connection to be counted")
    (host,) = summed(tmp_path / "contacts")
    assert (host.connections, host.sent_bytes, host.received_bytes, host.refused) == (1, 5, 10, "")


async def test_a_plain_request_goes_on_with_a_path(tmp_path: Path) -> None:
    """The far host is asked as by a client of its own, and by the name that was checked."""
    said: list[bytes] = []
    async with far(said) as port:
        place = f"127.0.0.1:{port}"
        asked = f"GET http://{place}/a?b=1 HTTP/1.1\r\nHost: other\r\nProxy-Connection: x\r\nX-A: 1\r\n\r\n"
        await ask(proxy_to(tmp_path, place), asked.encode())
    assert said == [f"GET /a?b=1 HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\nX-A: 1\r\n\r\n".encode()]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost."])
async def test_names_that_lead_inside_are_refused(tmp_path: Path, host: str) -> None:
    """After the name was resolved, not by how it is written."""
    heard = await ask(proxy_to(tmp_path), f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
    assert heard.startswith(b"HTTP/1.1 403 ")
    assert b"is inside" in heard
    assert summed(tmp_path / "contacts")[0].refused


async def test_a_task_has_a_bound_of_connections(tmp_path: Path) -> None:
    """One more is told so."""
    proxy = proxy_to(tmp_path, limits=ProxyLimits(connections=0))
    assert (await ask(proxy, b"CONNECT a.example:443 HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 503 ")


async def test_connections_that_ask_nothing_are_bounded_too(tmp_path: Path) -> None:
    """Each holds a descriptor of the server's: those beyond the bound are closed at once."""
    proxy = proxy_to(tmp_path, limits=ProxyLimits(connections=2))
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        place = server.sockets[0].getsockname()
        silent = [await asyncio.open_connection(*place) for _ in range(30)]
        await until(lambda: proxy.open_now == 5, what="the last ones to be closed")
        async with asyncio.timeout(20):
            closed = [await reader.read() for reader, _ in silent[5:]]
        for _, writer in silent:
            writer.close()
    assert closed == [b""] * 25


async def test_slow_names_hold_up_only_their_own_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that wait for a name server are the task's, not those in which the server does its work."""
    waiting, answered = [], threading.Event()

    def never(*names: object, **_: object) -> list[object]:
        waiting.append(names)
        answered.wait(20)
        return []

    proxy = proxy_to(tmp_path, limits=ProxyLimits(lookups=2))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    with monkeypatch.context() as patch:
        patch.setattr("andon.machine.network.lookups.socket.getaddrinfo", never)
        async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
            place = server.sockets[0].getsockname()[:2]
            clients = [connected(place, f"CONNECT slow{n}.example:443 HTTP/1.1\r\n\r\n".encode()) for n in range(6)]
            await until(lambda: len(waiting) == 2, what="names to be looked up")
            async with asyncio.timeout(10):
                assert await asyncio.to_thread(lambda: "free") == "free"
            answered.set()
            for each in clients:
                each.close()
    await proxy.close()


def connected(place: tuple[str, int], asked: bytes) -> socket.socket:
    """A client that has asked, and looked no name up."""
    client = socket.socket()
    client.connect(place)
    client.sendall(asked)
    return client


@pytest.mark.parametrize("host", ["a..b", f"a{'b' * 70}.example", ".", "-"])
async def test_what_is_no_host_name_is_said(tmp_path: Path, host: str) -> None:
    """In an answer, and not by a connection that breaks."""
    heard = await ask(proxy_to(tmp_path), f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
    assert heard.startswith((b"HTTP/1.1 502 ", b"HTTP/1.1 400 "))


async def test_who_never_asks_is_let_go(tmp_path: Path) -> None:
    """Half a request holds nothing."""
    assert await ask(proxy_to(tmp_path, limits=ProxyLimits(head_s=0.1)), b"CONNECT a.exa") == b""


async def test_bytes_have_a_bound(tmp_path: Path) -> None:
    """A connection ends that carries more than it may."""
    async with far([]) as port:
        place = f"127.0.0.1:{port}"
        proxy = proxy_to(tmp_path, place, limits=ProxyLimits(most_bytes=3, idle_s=0.2))
        heard = await ask(proxy, f"CONNECT {place} HTTP/1.1\r\n\r\n".encode(), b"hello")
    assert heard == b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1", b"GET https://a.example/ HTTP/1.1", b"GET ftp://a.example/ HTTP/1.1", b"CONNECT  HTTP/1.1",
        b"CONNECT a.example:0 HTTP/1.1", b"CONNECT a.example:99999 HTTP/1.1", b"CONNECT a b HTTP/1.1", b"\x16\x03\x01",
        b"GET http://user@a.example/ HTTP/1.1", b"CONNECT [::1 HTTP/1.1", b"GET http:///x HTTP/1.1", b"x" * 20_000,
    ],
)  # fmt: skip
async def test_what_is_no_request_is_refused(head: bytes) -> None:
    """Each is an error in words, and no crash."""
    with pytest.raises(NoRequest):
        parse_request(head + b"\r\n\r\n")
