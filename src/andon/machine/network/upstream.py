"""The way to a host through the proxy that this machine has to use: a tunnel, or a plain request that it passes on."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from base64 import b64encode
from dataclasses import dataclass, field

from andon.machine.network.policy import Destination, EgressPolicy
from andon.machine.network.request import ProxyRequest
from andon.standards.http_proxy import HttpProxy, ProxySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The proxies that this server was told to use."""

    settings: ProxySettings = field(default_factory=ProxySettings)

    def leading_to(self, request: ProxyRequest, policy: EgressPolicy) -> HttpProxy | None:
        """The proxy for a request; None for the direct way, which leads to what the operator opened inside."""
        to = request.to
        if str(to) in policy.opened:
            return None
        return self.settings.leading_to(to.host, to.port, is_tunnel=request.is_tunnel)


async def connect_through(proxy: HttpProxy, request: ProxyRequest) -> tuple[StreamReader, StreamWriter]:
    """A connection that leads to the host of the request, as soon as it may be used. Errors: OSError."""
    try:
        reader, writer = await asyncio.open_connection(
            proxy.host, proxy.port, ssl=ssl.create_default_context() if proxy.is_tls else None
        )
    except OSError as error:
        raise OSError(f"the server's own proxy {proxy} cannot be reached: {error}") from error
    try:
        writer.write(_connect_head(request.to, proxy) if request.is_tunnel else _plain_head(request, proxy))
        if request.is_tunnel:
            await _expect_tunnel(reader, proxy)
    except BaseException:
        writer.close()
        raise
    return reader, writer


def _connect_head(to: Destination, proxy: HttpProxy) -> bytes:
    host = str(to).encode()
    return b"CONNECT " + host + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + _credentials(proxy) + b"\r\n"


def _plain_head(request: ProxyRequest, proxy: HttpProxy) -> bytes:
    """The request with its whole address again."""
    first, _, rest = request.head.partition(b"\r\n")
    method, _, path = first.partition(b" ")
    return method + b" http://" + str(request.to).encode() + path + b"\r\n" + _credentials(proxy) + rest


def _credentials(proxy: HttpProxy) -> bytes:
    if not proxy.credentials:
        return b""
    return b"Proxy-Authorization: Basic " + b64encode(proxy.credentials.encode()) + b"\r\n"


async def _expect_tunnel(reader: StreamReader, proxy: HttpProxy) -> None:
    """Errors: OSError, with the proxy's answer."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise OSError(f"the server's own proxy {proxy} closed the connection or gave no HTTP answer") from error
    _, _, status = head.partition(b"\r\n")[0].partition(b" ")
    if not status.startswith(b"2"):
        said = status.decode("latin-1")[:100]
        wrong = " (its user and password belong into HTTPS_PROXY)" if status.startswith(b"407") else ""
        raise OSError(f'the server\'s own proxy {proxy} answered "{said}"{wrong}')
