"""The router `haproxy`: keeps nothing in memory that matters; what runs is found by its socket."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from andon.kernel.errors import PortError
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.machine.files import write_whole
from andon.tools.delivery.adapters.router_haproxy import admin_socket, process
from andon.tools.delivery.adapters.router_haproxy.admin_socket import NotRunning
from andon.tools.delivery.adapters.router_haproxy.config_file import (
    BACKEND,
    LOOPBACK,
    commands,
    render,
    server_of,
    weight_of,
)
from andon.tools.delivery.model.slots import SLOTS, Slot
from andon.tools.delivery.model.traffic import Route

PORTS = range(8701, 9000)
PORT_FILE = "port"
QUIET_WITHIN_S = 0.5  #: a request that was on its way when the slot was taken out
PAUSE_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class HAProxyConfig:
    """How routes are held on this machine."""

    program: Path
    #: every route has its folder in here
    folder: Path
    #: address that routes listen on
    bind: str = LOOPBACK
    #: the most that one route may have at once
    connections: int = field(default_factory=process.most_connections)


@dataclass(slots=True)
class _Held:
    """One route as this server holds it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    turn: int = -1
    #: set when a later wish took the place of an earlier one
    superseded: asyncio.Event = field(default_factory=asyncio.Event)
    #: the process, when this server started it
    child: int | None = None


class HAProxyRouter:
    """Gives requests to slots with HAProxy; see ports.Router."""

    def __init__(self, config: HAProxyConfig) -> None:
        self._config = config
        self._held: dict[Path, _Held] = {}

    async def ensure(self, route: Route) -> int:
        folder = self._folder(route.environment, route.service)
        held = self._held.setdefault(folder, _Held())
        async with held.lock:
            self._supersede(held, route)
            try:
                return await self._adjust(folder, route)
            except NotRunning:
                return await self._begin(folder, held, route)

    async def lost(self, route: Route) -> str:
        folder = self._folder(route.environment, route.service)
        held = self._held.setdefault(folder, _Held())
        if held.turn > route.turn:
            return "another route was asked for"
        gone = asyncio.ensure_future(admin_socket.closed(folder))
        later = asyncio.ensure_future(held.superseded.wait())
        try:
            done, _ = await asyncio.wait((gone, later), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            later.cancel()
            await asyncio.gather(gone, later, return_exceptions=True)
        return "another route was asked for" if later in done else _how_it_ended(held)

    async def requests(self, environment: EnvironmentName, service: ServiceName, slot: Slot) -> int:
        return _open(await admin_socket.stats(self._folder(environment, service)), slot)

    async def forget(self, environment: EnvironmentName, service: ServiceName, slot: Slot) -> int:
        folder = self._folder(environment, service)
        await admin_socket.say(folder, f"set server {BACKEND}/{slot} state maint")
        deadline = asyncio.get_running_loop().time() + QUIET_WITHIN_S
        while await self.requests(environment, service, slot):
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(PAUSE_S)
        said = await admin_socket.say(folder, "show stat", f"shutdown sessions server {BACKEND}/{slot}")
        return _open(admin_socket.stats_in(said), slot)

    async def known(self) -> tuple[tuple[EnvironmentName, ServiceName], ...]:
        found = sorted(self._config.folder.glob(f"*/*/{process.CONFIG}"))
        return tuple((EnvironmentName(path.parts[-3]), ServiceName(path.parts[-2])) for path in found)

    async def close(self, environment: EnvironmentName, service: ServiceName) -> None:
        folder = self._folder(environment, service)
        held = self._held.setdefault(folder, _Held())
        async with held.lock:
            await process.end(folder)
            if held.child:
                process.collect(held.child)
            await asyncio.to_thread((folder / process.CONFIG).unlink, missing_ok=True)

    def _folder(self, environment: EnvironmentName, service: ServiceName) -> Path:
        return self._config.folder.absolute() / environment / service

    def _supersede(self, held: _Held, route: Route) -> None:
        """Of two wishes the later one holds, whichever comes first."""
        if route.turn < held.turn:
            raise PortError("another route was asked for")
        if route.turn > held.turn:
            held.turn = route.turn
            held.superseded.set()
            held.superseded = asyncio.Event()

    async def _adjust(self, folder: Path, route: Route) -> int:
        """Change what runs. Errors: NotRunning, also when it has to listen elsewhere."""
        await admin_socket.pid(folder)
        port = _known_port(folder)
        if port is None or route.port not in {0, port}:
            raise NotRunning("HAProxy listens elsewhere.")
        self._configure(folder, route, port)
        said = await admin_socket.say(folder, *commands(route))
        await _confirm(folder, route, said)
        return port

    async def _begin(self, folder: Path, held: _Held, route: Route) -> int:
        """Start it as the route wants it, after ending what is left of an earlier one."""
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        await process.end(folder)
        if held.child:
            process.collect(held.child)
        port = route.port or _known_port(folder) or self._free_port()
        await process.check_port(self._config.bind, port, f"{route.service} in {route.environment}")
        self._configure(folder, route, port)
        held.child = await process.start(self._config.program, folder)
        write_whole(folder / PORT_FILE, str(port).encode())
        return port

    def _configure(self, folder: Path, route: Route, port: int) -> None:
        text = render(route, self._config.bind, port, self._config.connections)
        write_whole(folder / process.CONFIG, text.encode())

    def _free_port(self) -> int:
        taken = {_known_port(path.parent) for path in self._config.folder.glob(f"*/*/{PORT_FILE}")}
        free = (port for port in PORTS if port not in taken and process.is_free(self._config.bind, port))
        return next(free, secrets.choice(range(20000, 30000)))


async def _confirm(folder: Path, route: Route, said: str) -> None:
    """HAProxy's answers are words; what it holds is what counts."""
    known = await admin_socket.stats(folder)
    for slot in SLOTS:
        server, row = server_of(route, slot), known.get(slot, {})
        is_up = not row.get("status", "").startswith("MAINT")
        weight = int(row.get("weight") or 0) if is_up else None
        wanted = weight_of(server)
        is_forgotten = weight is None and wanted == 0  # there was nothing left to drain
        if weight != wanted and not is_forgotten:
            raise PortError(f"HAProxy does not hold the route: {slot} is {row.get('status')}. It said: {said.strip()}")


def _open(known: admin_socket.Stats, slot: Slot) -> int:
    """How many requests the slot is answering."""
    return int(known[slot]["scur"] or 0)


def _how_it_ended(held: _Held) -> str:
    code = process.collect(held.child) if held.child else None
    return "HAProxy vanished" if code is None else f"HAProxy ended with exit code {code}"


def _known_port(folder: Path) -> int | None:
    try:
        return int((folder / PORT_FILE).read_text())
    except (OSError, ValueError):
        return None
