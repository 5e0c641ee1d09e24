"""The edge of the server, before every layer: which bytes count as a request, and how long anybody may take.

uvicorn with h11, which forgives more than a server behind a proxy may: two programs that read one request differently
can be made to see two requests where there is one. Source: RFC 9112, sections 2.2, 5.2, 6.1, 6.3 and 11.2.
"""

from __future__ import annotations

import asyncio
import re
import resource
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import h11
import uvicorn
from h11._receivebuffer import ReceiveBuffer
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from andon.machine.network.peers import is_from_sandbox
from andon.standards.web_origin import Network
from andon.web.asgi import App

GRACE_S = 5  #: how long open answers may take when the server ends
_HEAD = re.compile(rb"(?:[^\r\n \t][^\r\n]*\r\n)+\r\n")
_ONCE = (b"content-length", b"transfer-encoding", b"host")
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_NOT_HERE = b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLimits:
    """How long a connection may take, and how many there may be."""

    #: from the connection, or the first byte of a later request, to the end of the request's headers
    head_s: float = 20
    #: between a request and the next one
    idle_s: int = 75
    #: a request's body must bring `body_bytes` in each stretch of `body_s`
    body_s: float = 60
    body_bytes: int = 1024
    #: how long an answer may wait for a client that reads nothing
    unread_s: float = 300
    #: open connections; also at most half of the files that the process may open
    connections: int = 2000
    #: services share this machine's network, and must not reach the server past its proxy
    refuses_sandboxes: bool = True


def server_of(app: App, *, trusted: Sequence[Network] = (), limits: EdgeLimits = EdgeLimits()) -> uvicorn.Server:
    """The HTTP server; only the `trusted` proxies are believed when they name another client."""
    protocol = partial(EdgeProtocol, limits=limits)
    return uvicorn.Server(
        uvicorn.Config(
            cast(Any, app),
            http=cast(Any, protocol),
            log_config=None,
            log_level="error",  # what is no request is answered, not logged: strangers would fill the log
            access_log=False,  # addresses hold one-time links
            proxy_headers=bool(trusted),
            forwarded_allow_ips=[str(network) for network in trusted],
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=limits.idle_s,
            ws="none",
        )
    )


class _StrictBuffer(ReceiveBuffer):
    """Refuses heads that two programs could read in two ways; here alone a head's own bytes can be seen.

    The class is private to h11, whose public events hold no bytes of a chunked body's trailers: pyproject.toml admits
    only the versions that this was read in, and a test names what changed in another one.
    """

    _taken = bytearray()

    def _extract(self, count: int) -> bytearray:
        self._taken = super()._extract(count)
        return self._taken

    def maybe_extract_lines(self) -> list[bytearray] | None:
        """The lines of a head. Errors: h11.RemoteProtocolError."""
        lines = super().maybe_extract_lines()
        if lines == [] and self._taken != b"\r\n":
            raise h11.RemoteProtocolError("bare line feed")
        if lines and not _HEAD.fullmatch(self._taken):
            raise h11.RemoteProtocolError("bare line feed, bare carriage return or folded header")
        if lines:
            _check_framing(lines)
        return lines


def _check_framing(lines: list[bytearray]) -> None:
    """How long the body is must be said once. Errors: h11.RemoteProtocolError."""
    names = [bytes(line.partition(b":")[0]).lower() for line in lines[1:]]
    if any(names.count(name) > 1 for name in _ONCE):
        raise h11.RemoteProtocolError("repeated header")
    if b"transfer-encoding" in names and (b"content-length" in names or not lines[0].endswith(b"HTTP/1.1")):
        raise h11.RemoteProtocolError("Transfer-Encoding beside Content-Length, or before HTTP/1.1")


class EdgeProtocol(H11Protocol):
    """One connection."""

    def __init__(self, *arguments: Any, limits: EdgeLimits, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn._receive_buffer = _StrictBuffer()
        self._limits = limits
        self._timer: asyncio.TimerHandle | None = None
        #: what the timer waits for: "head", "body", or "" while no byte of the client is awaited
        self._awaits = ""
        self._body_bytes = 0
        self.idle_since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself
        """Take the connection, unless there are too many: then one that waits for nothing makes room."""
        if self._limits.refuses_sandboxes and _comes_from_sandbox(transport):
            transport.write(_NOT_HERE)
            transport.close()
            self.transport = transport
            return
        if len(self.connections) >= _most(self._limits) and not _make_room(self.connections):
            transport.write(_BUSY)
            transport.close()
            self.transport = transport
            return
        super().connection_made(transport)
        _notice_dead_peers(transport.get_extra_info("socket"), self._limits.unread_s)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_timer()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count it, and pass it on."""
        self._body_bytes += len(data)
        if not self.transport.is_closing():
            super().data_received(data)

    def handle_events(self) -> None:
        """After each step the timer waits for what comes next."""
        super().handle_events()
        self._watch()

    def on_response_complete(self) -> None:
        """An answer is out: the connection is idle."""
        self.idle_since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request; in the middle of another answer only by closing."""
        cycle: RequestResponseCycle | None = self.cycle  # before the first request there is none
        running = cycle is not None and not cycle.response_complete
        if running:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if running or self.conn.our_state is not h11.IDLE:
            self.transport.close()
            return
        super().send_400_response(msg)

    @property
    def is_idle(self) -> bool:
        """Is there no whole request that is being answered?"""
        return self.conn.their_state is h11.IDLE and self.conn.our_state is h11.IDLE

    def _watch(self) -> None:
        state = self.conn.their_state
        awaits = "body" if state is h11.SEND_BODY else "head" if state is h11.IDLE else ""
        if awaits == "head" and self.timeout_keep_alive_task is not None:
            awaits = ""
        if awaits == self._awaits:
            return
        self._stop_timer()
        self._awaits = awaits
        if awaits == "head":
            self._timer = self.loop.call_later(self._limits.head_s, self._too_slow)
        elif awaits == "body":
            self._body_bytes = self._limits.body_bytes  # the first stretch began before the timer
            self._timer = self.loop.call_later(self._limits.body_s, self._check_body)

    def _check_body(self) -> None:
        waits_for_us = self.flow.read_paused or self.cycle.waiting_for_100_continue
        if self._body_bytes < self._limits.body_bytes and not waits_for_us:
            self._too_slow()
            return
        self._body_bytes = 0
        self._timer = self.loop.call_later(self._limits.body_s, self._check_body)

    def _too_slow(self) -> None:
        """End the connection; who has not had an answer yet is told why."""
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(_TOO_SLOW)
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _comes_from_sandbox(transport: asyncio.Transport) -> bool:
    far, near = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    if not isinstance(far, tuple) or not isinstance(near, tuple):
        return False
    try:
        return is_from_sandbox(far[:2], near[:2])
    except OSError:  # the machine does not tell
        return False


def _most(limits: EdgeLimits) -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return limits.connections if files == resource.RLIM_INFINITY else min(limits.connections, max(1, files // 2))


def _make_room(connections: set[Any]) -> bool:
    """Close the connection that has waited for a request for longest; False when each is at work."""
    idle = [each for each in connections if isinstance(each, EdgeProtocol) and each.is_idle]
    if not idle:
        return False
    oldest = min(idle, key=lambda each: each.idle_since)
    oldest.transport.abort()
    connections.discard(oldest)
    return True


def _notice_dead_peers(connected: socket.socket | None, unread_s: float) -> None:
    """The system ends a connection whose other end is gone, or reads nothing of what waits for it."""
    if connected is None or connected.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(unread_s * 1000))
