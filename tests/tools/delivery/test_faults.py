"""What goes wrong with services and routers, and what is left of it: with real processes."""

from __future__ import annotations

import os
import signal
import socket
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from andon.kernel.errors import Refused
from andon.kernel.ids import Digest
from andon.machine.process.status import read_status
from andon.testing.load import Load
from andon.testing.waiting import until
from andon.tools.delivery.adapters.router_haproxy import admin_socket
from andon.tools.delivery.adapters.runtime_process import record
from andon.tools.delivery.effects.sweeping import sweep
from andon.tools.delivery.events import (
    HaltPromotion,
    PromotionFailed,
    PromotionRequested,
    PromotionVerified,
    RouteLost,
    SlotLost,
    SlotRestarted,
    service_stream,
)
from andon.tools.delivery.model.slots import Slot

from .site import ADA, SHOP, TEST, Site, server

pytestmark = pytest.mark.anyio

SLOW = "import time\ntime.sleep(600)\n"


def first_process(site: Site, slot: Slot) -> int:
    """The first process of what stands in a slot."""
    number = read_status(site.data / "services" / TEST / SHOP / slot / record.STATUS).sandbox_pid
    assert number
    return number


def processes_of(site: Site) -> list[psutil.Process]:
    """Everything that belongs to the site: HAProxy names its folder, bubblewrap and the service have it open."""
    return [p for p in psutil.process_iter() if str(site.data).encode() in _traces(p)]


def _traces(process: psutil.Process) -> bytes:
    try:
        opened = [str(path.readlink()) for path in Path(f"/proc/{process.pid}/fd").iterdir()]
        return " ".join((*process.cmdline(), *process.environ().values(), *opened)).encode()
    except (psutil.Error, OSError):
        return b""


async def test_a_restarted_server_finds_what_runs_and_no_request_fails(site: Site) -> None:
    """Stopping and starting the server touches neither the service nor the router."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        port = (await site.state(engine)).route_port
    before = first_process(site, "blue"), await admin_socket.pid(site.data / "router" / TEST / SHOP)
    async with Load(port, connections=4, pause=timedelta(milliseconds=2)) as load, site.engine() as engine:
        second = site.image(2, server())
        await site.promote(engine, first, "1.1")
        assert first_process(site, "blue") == before[0]
        await site.promote(engine, second, "1.2")
        assert isinstance(await site.verdict(2), PromotionVerified)
    assert (load.failed, set(load.bodies)) == (0, {b"shop 1.1", b"shop 1.2"})
    assert await admin_socket.pid(site.data / "router" / TEST / SHOP) == before[1]
    assert site.seen(SlotRestarted, SlotLost) == []


async def test_a_promotion_cut_off_by_the_end_of_the_server_goes_on_after_it(site: Site) -> None:
    """The verdict comes from the next server, and the instance is started once."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await until(lambda: record.recorded(site.data / "services"), what="the start of the instance")
    async with site.engine():
        assert isinstance(await site.verdict(1), PromotionVerified)
        assert len(site.seen(PromotionRequested)) == 1
    known = record.read(site.data / "services" / TEST / SHOP / "blue")
    assert known is not None
    assert known.starts == 1


async def test_a_service_that_dies_is_started_again(site: Site) -> None:
    """It is back on its port, the ledger says why it was gone, and the route is untouched."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        os.kill(first_process(site, "blue"), signal.SIGKILL)
        await until(lambda: site.seen(SlotRestarted), what="the restart")
        state = await site.state(engine)
        assert state.blue is not None
        assert (state.blue.restarts, state.blue.lost) == (1, "")
        async with Load(state.route_port, connections=1) as load:
            await until(lambda: load.done > 3, what="answers")
        assert load.failed == 0


async def test_a_service_that_died_while_the_server_was_away_is_started_again(site: Site) -> None:
    """The next server notices and says so."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
    folder = site.data / "services" / TEST / SHOP / "blue"
    os.kill(first_process(site, "blue"), signal.SIGKILL)
    await until(lambda: not read_status(folder / record.STATUS).is_alive(), what="its end")
    async with site.engine():
        await until(lambda: site.seen(SlotRestarted), what="the restart")
        assert "was gone when the server came back" in site.seen(SlotRestarted)[0].reason


async def test_what_was_ended_for_good_comes_back_where_the_router_expects_it(site: Site) -> None:
    """A server on a folder in which everything was ended starts it all again."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        port = (await site.state(engine)).route_port
    await site.close()
    async with site.engine() as engine:
        await until(lambda: site.seen(SlotRestarted), what="the restart")
        state = await site.state(engine)
        assert state.blue is not None
        assert state.blue.restarts == 1
        async with Load(port, connections=1) as load:
            await until(lambda: load.done > 3, what="answers")
        assert set(load.bodies) == {b"shop 1.1"}


async def test_a_vanished_haproxy_is_back_within_a_second(site: Site) -> None:
    """On the same port, with the same weights, and the ledger knows of it."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        port = (await site.state(engine)).route_port
        folder = site.data / "router" / TEST / SHOP
        os.kill(await admin_socket.pid(folder), signal.SIGKILL)
        await until(lambda: site.seen(RouteLost), within=timedelta(seconds=1), what="the loss to be noticed")

        async def is_up() -> bool:
            state = await site.state(engine)
            return state.route_up and state.route_port == port

        await until(is_up, within=timedelta(seconds=1), what="the route")
        assert (await admin_socket.stats(folder))["blue"]["weight"] == "100"
        async with Load(port, connections=1) as load:
            await until(lambda: load.done > 3, what="answers")
        assert load.failed == 0


async def test_a_service_that_dies_at_once_fails_with_its_last_words(site: Site) -> None:
    """Exit code and last lines are in the verdict, and nothing is left."""
    broken = site.image(1, "print('no database', flush=True)\nraise SystemExit(7)\n")
    async with site.engine() as engine:
        await site.promote(engine, broken, "1.1")
        verdict = await site.verdict(1)
        assert isinstance(verdict, PromotionFailed)
        assert (verdict.phase, verdict.reason) == ("start", "it ended with exit code 7\nno database")
        await until(lambda: not processes_of(site), what="everything to end")


async def test_a_service_that_the_network_could_reach_gets_no_traffic(site: Site) -> None:
    """Listening on every address is a failure that says what to do."""
    open_to_all = site.image(1, server(host='"0.0.0.0"'))
    async with site.engine() as engine:
        await site.promote(engine, open_to_all, "1.1")
        verdict = await site.verdict(1)
        assert isinstance(verdict, PromotionFailed)
        assert "it listens on 0.0.0.0:" in verdict.reason
        assert "Let it listen on the address in HOST" in verdict.reason
        await until(lambda: not processes_of(site), what="everything to end")


async def test_a_service_that_never_gets_healthy_fails_in_its_time(site: Site) -> None:
    """The verdict says what was asked, what came, and where it listens instead."""
    silent = site.image(1, SLOW, start_timeout=timedelta(seconds=0.5))
    async with site.engine() as engine:
        await site.promote(engine, silent, "1.1")
        verdict = await site.verdict(1)
        assert isinstance(verdict, PromotionFailed)
        assert "not healthy within 0.5 s: GET /health failed" in verdict.reason
        assert "it does not listen on PORT" in verdict.reason


async def test_the_cord_stops_a_promotion_that_has_no_traffic_yet(site: Site) -> None:
    """Within a second it has its verdict, the new instance is stopped, and the old one serves on."""
    first, slow = site.image(1, server()), site.image(2, SLOW)
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        await site.promote(engine, slow, "1.2")
        await until(lambda: len(record.recorded(site.data / "services")) == 2, what="the start of the new one")
        await engine.desk.submit(service_stream(TEST, SHOP), HaltPromotion(reason="the cord of the line"), actor=ADA)
        verdict = await site.verdict(2, within=timedelta(seconds=1))
        assert isinstance(verdict, PromotionFailed)
        assert verdict.reason == "the cord of the line"
        await until(lambda: len(record.recorded(site.data / "services")) == 1, what="the new one to be stopped")
        state = await site.state(engine)
        async with Load(state.route_port, connections=1) as load:
            await until(lambda: load.done > 3, what="answers")
        assert set(load.bodies) == {b"shop 1.1"}


async def test_the_same_promotion_twice_does_nothing(site: Site) -> None:
    """Neither while it is in progress nor afterwards."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        before = len(site.happened)
        await site.promote(engine, first, "1.1")
        assert len(site.happened) == before


async def test_another_configuration_is_another_promotion(site: Site) -> None:
    """The same artifact with another setting replaces itself."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        await site.promote(engine, first, "1.1", config=(("GREETING", "hello"),))
        assert isinstance(await site.verdict(2), PromotionVerified)
        async with Load((await site.state(engine)).route_port, connections=1) as load:
            await until(lambda: load.done > 3, what="answers")
        assert set(load.bodies) == {b"shop 1.1 hello"}


async def test_of_several_that_wait_the_newest_wins(site: Site) -> None:
    """The one between is superseded and never starts."""
    digests = [site.image(number, server()) for number in (1, 2, 3)]
    async with site.engine() as engine:
        for number, digest in enumerate(digests, start=1):
            await site.promote(engine, digest, f"1.{number}")
        middle = await site.verdict(2)
        assert isinstance(middle, PromotionFailed)
        assert middle.reason == "superseded by 1.3, which was asked for later"
        assert isinstance(await site.verdict(1), PromotionVerified)
        assert isinstance(await site.verdict(3), PromotionVerified)


async def test_a_rollback_is_a_promotion_of_what_was_verified_here(site: Site) -> None:
    """Of anything else it is refused, in words."""
    first, second = site.image(1, server()), site.image(2, server())
    async with site.engine() as engine:
        for number, digest in enumerate((first, second), start=1):
            await site.promote(engine, digest, f"1.{number}")
            await site.verdict(number)
        await site.promote(engine, first, "1.1", rollback=True)
        verdict = await site.verdict(3)
        assert isinstance(verdict, PromotionVerified)
        assert verdict.rollback
        with pytest.raises(Refused, match="was never verified in test"):
            await site.promote(engine, Digest(f"sha256:{9:064x}"), "1.9", rollback=True)


async def test_a_port_that_somebody_else_has_is_named_with_its_owner(site: Site) -> None:
    """The promotion fails at once and says whose the port is."""
    first = site.image(1, server())
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        async with site.engine() as engine:
            await site.promote(engine, first, "1.1", port=port)
            verdict = await site.verdict(1)
            assert isinstance(verdict, PromotionFailed)
            assert verdict.phase == "traffic"
            assert f"port {port}, which shop in test should have, is taken by" in verdict.reason
            assert f"(process {os.getpid()})" in verdict.reason
            await until(lambda: not processes_of(site), what="everything to end")


async def test_secrets_and_settings_reach_the_service_and_no_command_line(site: Site) -> None:
    """They are in the environment of the instance, and in no argument of any process."""
    site.secrets = {"GREETING": "hunter2"}
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1", config=(("COLOUR", "mauve"),))
        await site.verdict(1)
        async with Load((await site.state(engine)).route_port, connections=1) as load:
            await until(lambda: load.done > 3, what="answers")
        assert set(load.bodies) == {b"shop 1.1 hunter2"}
        arguments = " ".join(part for process in processes_of(site) for part in process.cmdline())
        assert "hunter2" not in arguments
        assert "mauve" not in arguments
        assert "hunter2" not in str(site.happened)


async def test_what_no_slot_wants_is_ended(site: Site) -> None:
    """A sweep ends instances and routers that nobody wants, and nothing else."""
    first = site.image(1, server())
    async with site.engine() as engine:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
    runtime, router = site.runtime(), site.router()
    wanted = [seen.state for seen in site.environments.services()]
    assert await sweep(runtime, router, lambda: wanted) == ()
    assert await sweep(runtime, router, lambda: ()) == (
        "the instance of shop in test (blue, test/shop/1)",
        "the router of shop in test",
    )
    assert processes_of(site) == []
