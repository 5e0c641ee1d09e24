"""The proxies of all tasks that run now: each opened in its sandbox's network, and again after a restart."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from andon.machine.network.contacts import Contacts, HostTotals, summed
from andon.machine.network.listening import PROXY_PORT, listen_inside
from andon.machine.network.policy import EgressPolicy
from andon.machine.network.proxy import TaskProxy
from andon.machine.network.upstream import Upstream

_HEAD_LIMIT_BYTES = 64 * 1024
_LAST_WORDS_S = 2  #: until the connections of a task that has ended are counted
_HERE = f"http://127.0.0.1:{PROXY_PORT}"
_LOCAL = "localhost,127.0.0.1,::1"
_JAVA = " ".join(
    (
        *(f"-D{scheme}.proxyHost=127.0.0.1 -D{scheme}.proxyPort={PROXY_PORT}" for scheme in ("http", "https")),
        "-Dhttp.nonProxyHosts=localhost|127.*|[::1]",
        "-Daether.connector.http.useSystemProperties=true",
    )
)
#: what programs read to find a proxy: curl, git, pip, npm, cargo, go, apt, gem; Node's own fetch; Maven; Gradle
PROXY_ENV: Mapping[str, str] = {
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), _HERE),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), _LOCAL),
    "NODE_USE_ENV_PROXY": "1",
    "MAVEN_OPTS": _JAVA,
    "GRADLE_OPTS": _JAVA,
}


@dataclass(kw_only=True)
class Egress:
    """The ways out that this server holds open."""

    #: "host:port" that are open to tasks although they may be internal
    opened: frozenset[str] = frozenset()
    #: the proxies that lead outside
    upstream: Upstream = field(default_factory=Upstream)
    _open: dict[Path, tuple[asyncio.Server, TaskProxy]] = field(default_factory=dict)

    async def serve(self, folder: Path, listening: socket.socket, hosts: tuple[str, ...] | None) -> None:
        """Let the sandbox in whose network the socket listens out, to these hosts."""
        policy = EgressPolicy(hosts=hosts, opened=self.opened)
        proxy = TaskProxy(policy=policy, contacts=Contacts(_contacts(folder)), upstream=self.upstream)
        server = await asyncio.start_server(proxy.serve, sock=listening, limit=_HEAD_LIMIT_BYTES)
        self._open[folder] = (server, proxy)

    async def open_again(self, folder: Path, pid: int, hosts: tuple[str, ...] | None) -> None:
        """The same for a sandbox that was started by an earlier server. Errors: PortError."""
        if folder not in self._open:
            await self.serve(folder, await asyncio.to_thread(listen_inside, pid), hosts)

    async def close(self, folder: Path) -> tuple[HostTotals, ...]:
        """The task has ended: whom it talked to."""
        if folder in self._open:
            server, proxy = self._open.pop(folder)
            server.close()
            await proxy.close(_LAST_WORDS_S)
        return await asyncio.to_thread(summed, _contacts(folder))

    async def stop(self) -> None:
        """The server ends: connections are closed and written down. Tasks go on, and the next server serves them."""
        while self._open:
            _, (server, proxy) = self._open.popitem()
            server.close()
            await proxy.close()


def _contacts(folder: Path) -> Path:
    return folder / "contacts"
