"""Load: requests over keep-alive connections, each one counted, none tried twice.

A client that tries again hides what a switch loses; this one does not. A connection that ends before a whole answer
came is a failure, and so is every answer that is not 2xx.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self

ANSWER_WITHIN_S = 30.0
NO_PAUSE = timedelta(0)
LOOPBACK = "127.0.0.1"


class BrokenAnswer(Exception):
    """The answer did not come, or not whole."""


class Load:
    """Asks a port on loopback until it is left.

    `async with Load(port, connections=40) as load: ...` and then `load.done`, `load.failed`, `load.reasons`.
    """

    def __init__(self, port: int, *, connections: int = 40, path: str = "/", pause: timedelta = NO_PAUSE) -> None:
        self._port = port
        self._connections = connections
        self._request = f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nUser-Agent: andon-load\r\n\r\n".encode()
        self._pause_s = pause.total_seconds()
        self._ending = False
        self._tasks: list[asyncio.Task[None]] = []
        #: requests with a whole 2xx answer
        self.done = 0
        #: what went wrong, and how often
        self.reasons: Counter[str] = Counter()
        #: the bodies of the answers, as far as they are short, and how often each came
        self.bodies: Counter[bytes] = Counter()

    @property
    def failed(self) -> int:
        """Requests without a whole 2xx answer."""
        return self.reasons.total()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._ask()) for _ in range(self._connections)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What was asked is still answered and counted."""
        self._ending = True
        await asyncio.gather(*self._tasks)

    async def _ask(self) -> None:
        """One connection after another, for as long as the load lasts."""
        while not self._ending:
            try:
                reader, writer = await asyncio.open_connection(LOOPBACK, self._port)
            except OSError as error:
                self.reasons[f"no connection: {type(error).__name__}"] += 1
                await asyncio.sleep(0.02)
                continue
            try:
                await self._converse(reader, writer)
            except (BrokenAnswer, OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                self.reasons[str(error) if isinstance(error, BrokenAnswer) else type(error).__name__] += 1
            finally:
                writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests over one connection, until the load ends or the server says that it closes."""
        while not self._ending:
            writer.write(self._request)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                status, body, closes = await read_answer(reader)
            if 200 <= status < 300:
                self.done += 1
                self.bodies[body[:64]] += 1
            else:
                self.reasons[f"status {status}"] += 1
            if closes:
                return
            await asyncio.sleep(self._pause_s)


@contextmanager
def load_beside(port: int, *, connections: int = 8, path: str = "/", pause: timedelta = NO_PAUSE) -> Generator[Load]:
    """The same for those who have no loop: the load lasts, in a thread, as long as the block."""
    load = Load(port, connections=connections, path=path, pause=pause)
    ending = threading.Event()

    async def ask() -> None:
        async with load:
            await asyncio.to_thread(ending.wait)

    with ThreadPoolExecutor(1) as beside:
        asking = beside.submit(lambda: asyncio.run(ask()))
        try:
            yield load
        finally:
            ending.set()
            asking.result()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and does the server close the connection after it? Errors: BrokenAnswer, IncompleteReadError."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.strip().lower(): value.strip().lower() for name, _, value in (line.partition(":") for line in lines)}
    try:
        status = int(first.split(" ")[1])
    except (IndexError, ValueError) as error:
        raise BrokenAnswer(f"no HTTP: {first[:40]!r}") from error
    closes = fields.get("connection") == "close" or first.startswith("HTTP/1.0")
    if fields.get("transfer-encoding") == "chunked":
        return status, await _read_chunks(reader), closes
    if "content-length" in fields:
        return status, await reader.readexactly(int(fields["content-length"])), closes
    return status, await reader.read(-1) if closes else b"", closes


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        chunk = await reader.readexactly(size + 2)
        if size == 0:
            return body
        body += chunk[:-2]
