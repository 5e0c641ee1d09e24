"""The proxy of one task: refuses, or connects to the address that was checked and passes bytes on, within bounds."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from dataclasses import dataclass, field

from andon.machine.network.addresses import Address
from andon.machine.network.contacts import Contact, Contacts
from andon.machine.network.lookups import Lookups
from andon.machine.network.policy import Destination, EgressPolicy, NotAllowed, addresses_if_known, allowed_addresses
from andon.machine.network.request import NoRequest, ProxyRequest, parse_request
from andon.machine.network.upstream import Upstream, connect_through

_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyLimits:
    """What one task may use."""

    #: open at the same time; as many again are told so, and further ones are closed at once
    connections: int = 64
    #: names that are looked up at the same time
    lookups: int = 4
    head_s: float = 20
    connect_s: float = 20
    #: without a byte in either direction
    idle_s: float = 300
    #: of one connection, both directions together
    most_bytes: int = 32 * 1024**3


@dataclass(slots=True)
class _Counts:
    sent: int = 0
    received: int = 0
    #: when the last byte passed, in the loop's time
    at: float = 0


@dataclass(kw_only=True)
class TaskProxy:
    """Answers the connections of one task."""

    policy: EgressPolicy
    contacts: Contacts
    upstream: Upstream = field(default_factory=Upstream)
    limits: ProxyLimits = field(default_factory=ProxyLimits)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lookups = Lookups(self.limits.lookups)

    @property
    def open_now(self) -> int:
        """How many connections are open."""
        return len(self._serving)

    async def close(self, last_words_s: float = 0) -> None:
        """Every connection has ended and is written down; for so long they may end by themselves."""
        if self._serving:
            await asyncio.wait(self._serving, timeout=last_words_s)
        for each in self._serving:
            each.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._lookups.close()

    def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Begin with one connection, and go on to its last byte."""
        serving = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            if self.open_now > 2 * self.limits.connections + 1:  # each holds a descriptor of the server's
                return
            async with asyncio.timeout(self.limits.head_s):
                head = await reader.readuntil(b"\r\n\r\n")
            if self.open_now > self.limits.connections:
                await _say(writer, 503, f"the task has {self.limits.connections} connections open already")
                return
            await self._answer(parse_request(head), reader, writer)
        except NoRequest as error:
            await _say(writer, 400, str(error))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client went away, or never said what it wants
        finally:
            writer.close()

    async def _answer(self, request: ProxyRequest, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            far_reader, far_writer = await self._connect(request)
        except NotAllowed as no:
            self._note(request.to, refused=str(no))
            await _say(writer, 403, str(no))
            return
        except (OSError, TimeoutError) as error:
            why = f"{request.to} cannot be reached: {str(error) or 'it took too long'}"
            self._note(request.to, refused=why)
            await _say(writer, 502, why)
            return
        counts = _Counts(at=asyncio.get_running_loop().time())
        try:
            if request.is_tunnel:
                await _say(writer, 200, "")
            await self._pass_on((reader, writer), (far_reader, far_writer), counts)
        finally:
            far_writer.close()
            self._note(request.to, sent=counts.sent, received=counts.received)

    async def _connect(self, request: ProxyRequest) -> tuple[StreamReader, StreamWriter]:
        """A connection over which the request's head was sent. Errors: NotAllowed, OSError."""
        async with asyncio.timeout(self.limits.connect_s):
            proxy = self.upstream.leading_to(request, self.policy)
            find = addresses_if_known if proxy else allowed_addresses
            addresses = await find(self.policy, request.to, self._lookups)
            if why := self.contacts.why_no_more(request.to.host, request.to.port):
                raise NotAllowed(f"{request.to} is refused: {why}.")
            return await (connect_through(proxy, request) if proxy else _connect_to(addresses, request))

    async def _pass_on(
        self, near: tuple[StreamReader, StreamWriter], far: tuple[StreamReader, StreamWriter], counts: _Counts
    ) -> None:
        """Both directions, until both have ended, or nothing moves any more."""
        async with asyncio.TaskGroup() as both:
            up = both.create_task(self._copy(near[0], far[1], counts, upwards=True))
            down = both.create_task(self._copy(far[0], near[1], counts, upwards=False))
            while not down.done() or not up.done():
                await asyncio.wait((up, down), timeout=self.limits.idle_s, return_when=asyncio.FIRST_COMPLETED)
                if down.done() or asyncio.get_running_loop().time() - counts.at >= self.limits.idle_s:
                    up.cancel()
                    down.cancel()
                    break
                if up.done():
                    await asyncio.wait((down,), timeout=self.limits.idle_s)

    async def _copy(self, source: StreamReader, target: StreamWriter, counts: _Counts, *, upwards: bool) -> None:
        with suppress(OSError):
            while chunk := await source.read(_CHUNK_BYTES):
                counts.at = asyncio.get_running_loop().time()
                if upwards:
                    counts.sent += len(chunk)
                else:
                    counts.received += len(chunk)
                if counts.sent + counts.received > self.limits.most_bytes:
                    return
                target.write(chunk)
                await target.drain()
            if target.can_write_eof():  # not over TLS
                target.write_eof()

    def _note(self, to: Destination, *, refused: str = "", sent: int = 0, received: int = 0) -> None:
        self.contacts.add(
            Contact(host=to.host, port=to.port, refused=refused[:300], sent_bytes=sent, received_bytes=received)
        )


async def _connect_to(addresses: list[Address], request: ProxyRequest) -> tuple[StreamReader, StreamWriter]:
    """The first that answers, which is sent the request. Errors: OSError."""
    failed: OSError | None = None
    for address in addresses:
        try:
            reader, writer = await asyncio.open_connection(str(address), request.to.port)
        except OSError as error:
            failed = error
            continue
        writer.write(request.head)
        return reader, writer
    raise failed or OSError("it has no address")


_WORDS = {
    200: "Connection established",
    400: "Bad Request",
    403: "Forbidden",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


async def _say(writer: StreamWriter, status: int, why: str) -> None:
    """The proxy's own answer; clients show its first line, people with curl its body."""
    head = f"HTTP/1.1 {status} {_WORDS[status]}\r\n"
    if status != 200:
        body = f"andon: {why}\n"
        head += f"Content-Type: text/plain\r\nContent-Length: {len(body.encode())}\r\nConnection: close\r\n\r\n{body}"
        writer.write(head.encode())
    else:
        writer.write(f"{head}\r\n".encode())
    with suppress(OSError):
        await writer.drain()
