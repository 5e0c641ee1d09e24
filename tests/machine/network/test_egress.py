"""The proxies of all tasks of a server."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from andon.machine.network.contacts import summed
from andon.machine.network.egress import Egress

pytestmark = pytest.mark.anyio


async def test_a_server_that_stops_closes_every_connection_and_writes_it_down(tmp_path: Path) -> None:
    """Also one over which nothing moves; nobody is let out any more."""
    hello = b"hello"

    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(hello)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(quiet, "127.0.0.1", 0) as far:
        place = f"127.0.0.1:{far.sockets[0].getsockname()[1]}"
        egress = Egress(opened=frozenset({place}))
        listening = socket.create_server(("127.0.0.1", 0))
        where = listening.getsockname()
        await egress.serve(tmp_path, listening, None)
        reader, writer = await asyncio.open_connection(*where)
        writer.write(f"CONNECT {place} HTTP/1.1\r\n\r\n".encode())
        await reader.readuntil(hello)
        await egress.stop()
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()
    (host,) = summed(tmp_path / "contacts")
    assert (host.connections, host.received_bytes, host.refused) == (1, len(hello), "")
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection(*where)
