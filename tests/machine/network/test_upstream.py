"""A task's proxy behind the proxy that its machine has to use, on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from andon.machine.network.contacts import Contacts, summed
from andon.machine.network.policy import EgressPolicy
from andon.machine.network.proxy import TaskProxy
from andon.machine.network.upstream import Upstream
from andon.standards.http_proxy import HttpProxy, ProxySettings
from andon.testing.waiting import until
from tests.machine.network.test_proxy import ask, far

pytestmark = pytest.mark.anyio

#: reached by nobody, and not internal
OUTSIDE = "203.0.113.7"
#: Python refuses to look such a name up, so it stands for all that this machine cannot resolve
UNKNOWN = f"{'x' * 64}.example"


@asynccontextmanager
async def upstream(heads: list[bytes], answer: bytes = b"HTTP/1.1 200 Fine\r\n\r\n") -> AsyncIterator[int]:
    """A proxy that reads a head, answers, and says what it hears then."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if heads[-1].startswith(b"CONNECT") and b" 200 " in answer:
            writer.write(b"heard " + await reader.read(100))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def behind(folder: Path, port: int, *direct: str, opened: str = "", credentials: str = "") -> TaskProxy:
    """A task's proxy that reaches the outside through the one at a port."""
    proxy = HttpProxy(host="127.0.0.1", port=port, credentials=credentials)
    return TaskProxy(
        policy=EgressPolicy(hosts=None, opened=frozenset({opened} if opened else ())),
        contacts=Contacts(folder / "contacts"),
        upstream=Upstream(settings=ProxySettings(tunnels=proxy, plain=proxy, direct=direct)),
    )


def connect(place: str) -> bytes:
    """The head of a request for a tunnel."""
    return f"CONNECT {place} HTTP/1.1\r\n\r\n".encode()


@pytest.mark.parametrize("host", [OUTSIDE, UNKNOWN])
async def test_a_tunnel_leads_through_it(tmp_path: Path, host: str) -> None:
    """To addresses, and to names that this machine cannot resolve; the record names the host, not the proxy."""
    heads: list[bytes] = []
    async with upstream(heads) as port:
        heard = await ask(behind(tmp_path, port), connect(f"{host}:443"), b"hello")
    assert heard == b"HTTP/1.1 200 Connection established\r\n\r\nheard hello"
    assert heads == [f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()]
    await until(lambda: bool(summed(tmp_path / "contacts")), what="the connection to be counted")
    assert [(each.host, each.refused) for each in summed(tmp_path / "contacts")] == [(host, "")]


async def test_a_plain_request_has_its_whole_address_again(tmp_path: Path) -> None:
    """And the credentials of this machine, which the task never sees."""
    heads: list[bytes] = []
    asked = f"GET http://{OUTSIDE}/a?b=1 HTTP/1.1\r\nProxy-Authorization: Basic bWU=\r\nX-A: 1\r\n\r\n".encode()
    async with upstream(heads, b"HTTP/1.1 204 None\r\n\r\n") as port:
        heard = await ask(behind(tmp_path, port, credentials="ada:pass"), asked)
    assert heard == b"HTTP/1.1 204 None\r\n\r\n"
    first, *lines = heads[0].decode().split("\r\n")
    assert first == f"GET http://{OUTSIDE}:80/a?b=1 HTTP/1.1"
    assert [line for line in lines if line.startswith("Proxy-Auth")] == ["Proxy-Authorization: Basic YWRhOnBhc3M="]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "[fd00::1]"])
async def test_it_is_not_asked_for_what_is_inside(tmp_path: Path, host: str) -> None:
    """Addresses, and names that this machine can resolve."""
    heads: list[bytes] = []
    async with upstream(heads) as port:
        heard = await ask(behind(tmp_path, port), connect(f"{host}:443"))
    assert heard.startswith(b"HTTP/1.1 403 ")
    assert not heads


@pytest.mark.parametrize("is_opened", [True, False])
async def test_what_is_near_is_reached_without_it(tmp_path: Path, *, is_opened: bool) -> None:
    """What an operator opened; what NO_PROXY lists is judged as ever."""
    heads: list[bytes] = []
    async with upstream(heads) as port, far([]) as near:
        place = f"127.0.0.1:{near}"
        proxy = behind(tmp_path, port, opened=place) if is_opened else behind(tmp_path, port, "127.0.0.1")
        heard = await ask(proxy, connect(place if is_opened else "127.0.0.1:443"), *([b"hello"] if is_opened else []))
    assert heard.endswith(b"heard ello") if is_opened else b"is inside" in heard
    assert not heads


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 407 Who are you\r\n\r\n", 'answered "407 Who are you" (its user and password'),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", 'answered "403 Forbidden"'),
        (b"", "closed the connection or gave no HTTP answer"),
    ],
)
async def test_its_refusal_is_said_to_the_task(tmp_path: Path, answer: bytes, said: str) -> None:
    """With which proxy it was, and what to do."""
    async with upstream([], answer) as port:
        heard = await ask(behind(tmp_path, port), connect(f"{OUTSIDE}:443"))
    assert heard.startswith(b"HTTP/1.1 502 ")
    assert f"proxy 127.0.0.1:{port} {said}" in heard.decode()


async def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    """So that nobody looks for the fault at the far host."""
    async with upstream([]) as port:
        pass
    heard = await ask(behind(tmp_path, port), connect(f"{OUTSIDE}:443"))
    assert f"the server's own proxy 127.0.0.1:{port} cannot be reached" in heard.decode()
