"""Ten full switches of traffic under 40 keep-alive connections: how many requests fail?

The control does the same in the wrong order: it takes out what serves before the other one is in. It must show
failures, or else the harness could not see any. Run: python bench/traffic.py. Prints one JSON line.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.kernel.masks import Masks
from andon.machine.limits.group import Groups, LimitSettings
from andon.machine.sandbox.sandboxes import Sandboxes, SandboxSettings
from andon.testing.load import Load
from andon.testing.waiting import until
from andon.tools.delivery.adapters.prober_http import HttpProber
from andon.tools.delivery.adapters.router_haproxy import HAProxyConfig, HAProxyRouter, find_haproxy
from andon.tools.delivery.adapters.runtime_process import ProcessRuntime
from andon.tools.delivery.adapters.runtime_process.instance_logs import InstanceLogs
from andon.tools.delivery.effects.sweeping import sweep
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.slots import Slot, other
from andon.tools.delivery.model.traffic import Mode, Route, Server
from andon.tools.delivery.ports import Instance, Launch, SlotKey, UnpackedImage
from andon.tools.pipelines.events import CheckSpec

SWITCHES = 10
CONNECTIONS = 40
STEADY_S = 1.0  #: of traffic between two switches
BENCH, SHOP = EnvironmentName("bench"), ServiceName("shop")
STOP_WITHIN = timedelta(seconds=5)

SERVER = """\
import http.server, os, socketserver
class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = os.environ["ANDON_VERSION"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256
Server((os.environ["HOST"], int(os.environ["PORT"])), Shop).serve_forever()
"""


class Switchyard:
    """Two slots and a router, and nothing above them."""

    def __init__(self, data: Path) -> None:
        path = os.environ["PATH"]
        seen = SandboxSettings(folder=data / "sandbox", search_path=path, hidden=(data,))
        logs, groups = InstanceLogs(data / "services", Masks()), Groups(LimitSettings(owner="andon-bench"))
        self.runtime = ProcessRuntime(data / "services", Sandboxes(seen), logs, groups)
        self.router = HAProxyRouter(HAProxyConfig(program=find_haproxy(path), folder=data / "router"))
        self.prober = HttpProber()
        self.up: dict[Slot, Instance] = {}
        self.turn = 0
        app = data / "image" / "app"
        app.mkdir(parents=True)
        (app / "server.py").write_text(SERVER)
        self.image = UnpackedImage(root=app.parent, has_base=False, command=("python3", "server.py"), env=(), labels=())

    async def start(self, slot: Slot, version: int) -> None:
        key = SlotKey(environment=BENCH, service=SHOP, slot=slot, promotion=PromotionId(f"bench/shop/{version}"))
        launch = Launch(key=key, image=self.image, command=(), environment={"ANDON_VERSION": str(version)})
        self.up[slot] = await self.runtime.start(launch)
        port = self.up[slot].port

        async def answers() -> bool:
            return not await self.prober.ask(CheckSpec(path="/"), port, timedelta(seconds=1))

        await until(answers, timedelta(seconds=20), f"{slot} to answer")

    async def stop(self, slot: Slot) -> None:
        await self.runtime.stop(self.up.pop(slot).key, STOP_WITHIN)

    async def route(self, modes: Mapping[Slot, Mode]) -> int:
        self.turn += 1
        servers = tuple(Server(slot=slot, port=self.up[slot].port, mode=mode) for slot, mode in modes.items())
        return await self.router.ensure(Route(environment=BENCH, service=SHOP, port=0, servers=servers, turn=self.turn))

    async def drain(self, slot: Slot) -> None:
        async def has_none() -> bool:
            return not await self.router.requests(BENCH, SHOP, slot)

        await until(has_none, timedelta(seconds=5), f"{slot} to be drained")
        await self.router.forget(BENCH, SHOP, slot)

    async def switch(self, old: Slot, version: int) -> Slot:
        """As a promotion does it."""
        new = other(old)
        await self.start(new, version)
        await self.route({new: "live", old: "draining"})
        await self.drain(old)
        await self.route({new: "live"})
        await self.stop(old)
        return new

    async def switch_carelessly(self, old: Slot, version: int) -> Slot:
        """As a script does it: take the old one out, start the new one, put it in."""
        new = other(old)
        await self.route({})
        await self.stop(old)
        await self.start(new, version)
        await self.route({new: "live"})
        return new

    async def close(self) -> None:
        await sweep(self.runtime, self.router, lambda: ())


async def measured(*, careful: bool, switches: int) -> tuple[Load, float]:
    """Load over so many switches, and how long it lasted in seconds."""
    with tempfile.TemporaryDirectory(prefix="andon-bench-") as folder:
        yard = Switchyard(Path(folder))
        try:
            await yard.start("blue", 0)
            port = await yard.route({"blue": "live"})
            live: Slot = "blue"
            began = time.monotonic()
            async with Load(port, connections=CONNECTIONS) as load:
                for version in range(1, switches + 1):
                    await asyncio.sleep(STEADY_S)
                    live = await (yard.switch if careful else yard.switch_carelessly)(live, version)
                await asyncio.sleep(STEADY_S)
            return load, time.monotonic() - began
        finally:
            await yard.close()


async def main() -> int:
    """The measurement and its control; 1 when the harness saw less than it should have."""
    load, seconds = await measured(careful=True, switches=SWITCHES)
    control, _ = await measured(careful=False, switches=2)
    figures = {
        "failed": load.failed,
        "requests": load.done + load.failed,
        "requests_per_s": round((load.done + load.failed) / seconds),
        "versions_seen": len(load.bodies),
        "switches": SWITCHES,
        "connections": CONNECTIONS,
        "control_failed": control.failed,
        "reasons": ", ".join(f"{count} x {reason}" for reason, count in load.reasons.items()),
    }
    print(json.dumps(figures))
    return 0 if len(load.bodies) == SWITCHES + 1 and control.failed else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
