"""The router `haproxy`: what it holds, keeps and takes back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from andon.kernel.errors import PortError
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.testing.waiting import until
from andon.tools.delivery.adapters.router_haproxy import (
    HAProxyConfig,
    HAProxyRouter,
    admin_socket,
    find_haproxy,
    process,
    router,
)
from andon.tools.delivery.adapters.router_haproxy.config_file import commands, render
from andon.tools.delivery.effects.routing import drain_slot
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.reports import ReportDrained
from andon.tools.delivery.model.slots import Slot
from andon.tools.delivery.model.traffic import Mode, Route, Server
from andon.tools.delivery.model.wishes import DrainSlot

pytestmark = pytest.mark.anyio

TEST, SHOP = EnvironmentName("test"), ServiceName("shop")


class Crossing:
    """Two small servers that say their slot, and a router before them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.router = self.again()
        self.ports: dict[Slot, int] = {}
        #: what the servers were shown
        self.cookies: list[str] = []
        #: requests that are held back until this is set
        self.may_answer = asyncio.Event()

    def again(self) -> HAProxyRouter:
        """The router of another server on the same folder."""
        return HAProxyRouter(HAProxyConfig(program=find_haproxy("/usr/bin"), folder=self.folder))

    def route(self, turn: int, port: int = 0, **modes: Mode) -> Route:
        servers = tuple(
            Server(slot=slot, port=self.ports[slot], mode=modes[slot]) for slot in self.ports if slot in modes
        )
        return Route(environment=TEST, service=SHOP, port=port, servers=servers, turn=turn)

    async def open(self, slot: Slot, stack: AsyncExitStack) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answers(reader, writer)
            except ConnectionResetError:
                pass  # HAProxy ended
            finally:
                writer.transport.abort()

        async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while (head := await reader.readline()).strip():
                while header := (await reader.readline()).strip():
                    if header.lower().startswith(b"cookie:"):
                        self.cookies.append(header.partition(b":")[2].decode().strip())
                if b"/slow" in head:
                    await self.may_answer.wait()
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(slot)}\r\n\r\n{slot}".encode())
                await writer.drain()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        stack.push_async_callback(server.wait_closed)
        stack.callback(server.close)
        self.ports[slot] = server.sockets[0].getsockname()[1]


@pytest.fixture
async def crossing(tmp_path: Path) -> AsyncIterator[Crossing]:
    made = Crossing(tmp_path / "router")
    async with AsyncExitStack() as stack:
        await made.open("blue", stack)
        await made.open("green", stack)
        try:
            yield made
        finally:
            made.may_answer.set()
            await made.router.close(TEST, SHOP)


async def ask(port: int, cookie: str = "", path: str = "/") -> httpx2.Response:
    headers = {"Cookie": cookie} if cookie else {}
    async with httpx2.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{port}{path}", headers=headers)


async def test_requests_go_where_the_route_says(crossing: Crossing) -> None:
    """To the live slot, and after a switch to the other one."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    assert (await ask(port)).text == "blue"
    assert await crossing.router.ensure(crossing.route(2, blue="draining", green="live")) == port
    assert [(await ask(port)).text for _ in range(4)] == ["green"] * 4


async def test_visitors_stick_to_a_draining_slot_but_not_to_a_quiet_one(crossing: Crossing) -> None:
    """The end of an ordinary switch leaves them where they are; a rollback takes them off at once."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    cookie = (await ask(port)).headers["set-cookie"].split(";")[0]
    await crossing.router.ensure(crossing.route(2, blue="draining", green="live"))
    assert (await ask(port, cookie)).text == "blue"
    await crossing.router.ensure(crossing.route(3, blue="quiet", green="live"))
    assert (await ask(port, cookie)).text == "green"


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        ("andon_session=secret", ""),
        ("a=1; andon_session=secret; b=2", "a=1; b=2"),
        ("__Host-andon_session=secret; a=1", "a=1"),
        ("andon_session=x; a=1; andon_session=secret", "a=1;"),
        ("a=1; b=2", "a=1; b=2"),
    ],
)
async def test_a_service_never_sees_who_is_signed_in_to_andon(crossing: Crossing, shown: str, seen: str) -> None:
    """Browsers show a host's cookies on all its ports; ours stop at the router, the service's own pass."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    await ask(port, shown)
    assert crossing.cookies in ([seen], [])
    assert not any("secret" in cookie for cookie in crossing.cookies)


async def test_a_running_request_is_counted_until_it_is_answered(crossing: Crossing) -> None:
    """Draining waits for it; forgetting a slot then cuts off nothing."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    slow = asyncio.create_task(ask(port, path="/slow"))

    async def running() -> bool:
        return await crossing.router.requests(TEST, SHOP, "blue") == 1

    await until(running, what="the request")
    await crossing.router.ensure(crossing.route(2, blue="draining", green="live"))
    assert await crossing.router.requests(TEST, SHOP, "blue") == 1
    crossing.may_answer.set()
    assert (await slow).text == "blue"
    assert await crossing.router.forget(TEST, SHOP, "blue") == 0
    assert (await ask(port)).text == "green"


async def test_requests_that_outlast_the_drain_are_cut_off_and_counted(crossing: Crossing) -> None:
    """Three slow ones are still answered when the slot is forgotten; a quick one before them does not count."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    assert (await ask(port)).text == "blue"
    slow = [asyncio.create_task(ask(port, path="/slow")) for _ in range(3)]

    async def running() -> bool:
        return await crossing.router.requests(TEST, SHOP, "blue") == 3

    await until(running, what="the requests")
    await crossing.router.ensure(crossing.route(2, blue="draining", green="live"))
    told: list[object] = []

    async def tell(report: object) -> None:
        told.append(report)

    drain = DrainSlot(
        environment=TEST, service=SHOP, slot="blue", promotion=PromotionId("p"), turn=2, drain=timedelta(0)
    )
    await drain_slot(crossing.router, drain, tell)
    assert told == [ReportDrained(key=drain.key, slot="blue", cut_off=3)]
    ends = await asyncio.gather(*slow, return_exceptions=True)
    assert not any(isinstance(end, httpx2.Response) and end.text == "blue" for end in ends)


async def test_a_slot_may_be_forgotten_while_its_draining_is_confirmed(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no request in it that comes at once; the route is no less held for that."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    stats = admin_socket.stats

    async def forgotten(folder: Path) -> dict[str, dict[str, str]]:
        await admin_socket.say(folder, "set server app/blue state maint")
        return await stats(folder)

    monkeypatch.setattr(admin_socket, "stats", forgotten)
    assert await crossing.router.ensure(crossing.route(2, blue="draining")) == port


async def test_another_server_finds_the_router_and_changes_it(crossing: Crossing) -> None:
    """The process stays the same one, on the same port."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    before = await admin_socket.pid(crossing.folder / TEST / SHOP)
    assert await crossing.again().ensure(crossing.route(2, green="live")) == port
    assert await admin_socket.pid(crossing.folder / TEST / SHOP) == before
    assert (await ask(port)).text == "green"


async def test_a_new_port_is_taken_and_the_old_one_left(crossing: Crossing) -> None:
    """A route that has to listen elsewhere does."""
    first = await crossing.router.ensure(crossing.route(1, blue="live"))
    other = first + 1000
    assert await crossing.router.ensure(crossing.route(2, other, blue="live")) == other
    assert (await ask(other)).text == "blue"
    with pytest.raises(httpx2.ConnectError):
        await ask(first)


async def test_a_port_that_somebody_has_is_passed_over(crossing: Crossing, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not even asked who that is, which takes a second on a busy machine."""
    monkeypatch.delattr(process, "_owner")
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        taken = int(somebody.getsockname()[1])
        monkeypatch.setattr(router, "PORTS", range(taken, taken + 50))
        assert await crossing.router.ensure(crossing.route(1, blue="live")) > taken


async def test_an_older_wish_does_not_undo_a_newer_one(crossing: Crossing) -> None:
    """Whoever comes late with it is told so, and whoever watches it is let go."""
    old = crossing.route(1, blue="live")
    port = await crossing.router.ensure(old)
    watching = asyncio.create_task(crossing.router.lost(old))
    await asyncio.sleep(0)
    await crossing.router.ensure(crossing.route(2, green="live"))
    assert await watching == "another route was asked for"
    with pytest.raises(PortError, match="another route was asked for"):
        await crossing.router.ensure(old)
    assert (await ask(port)).text == "green"


async def test_without_a_live_slot_the_router_says_that_nobody_serves(crossing: Crossing) -> None:
    """A route without servers is held too: 503, not a refused connection."""
    port = await crossing.router.ensure(crossing.route(1, blue="live"))
    await crossing.router.ensure(crossing.route(2))
    assert (await ask(port)).status_code == 503


async def test_a_folder_with_a_long_path_is_no_problem(tmp_path: Path) -> None:
    """Paths of sockets are short by nature; those of data folders are not."""
    crossing = Crossing(tmp_path / ("long" * 30) / "router")
    async with AsyncExitStack() as stack:
        await crossing.open("blue", stack)
        port = await crossing.router.ensure(crossing.route(1, blue="live"))
        try:
            assert (await ask(port)).text == "blue"
        finally:
            await crossing.router.close(TEST, SHOP)


def test_what_rises_is_said_before_what_falls() -> None:
    """Or else there would be a moment with nobody to serve."""
    servers = (Server(slot="blue", port=1, mode="draining"), Server(slot="green", port=2, mode="live"))
    said = commands(Route(environment=TEST, service=SHOP, port=0, servers=servers, turn=1))
    assert said.index("set server app/green weight 100") < said.index("set server app/blue weight 0")


def test_the_file_holds_the_route_for_a_start_without_a_server() -> None:
    """Weights and absences are in the configuration itself."""
    route = Route(
        environment=TEST, service=SHOP, port=0, servers=(Server(slot="green", port=2000, mode="live"),), turn=1
    )
    text = render(route, "127.0.0.1", 8701, 500)
    assert "bind 127.0.0.1:8701" in text
    assert "maxconn 500" in text
    assert "server blue 127.0.0.1:1 cookie blue weight 100 disabled" in text
    assert "server green 127.0.0.1:2000 cookie green weight 100\n" in text
