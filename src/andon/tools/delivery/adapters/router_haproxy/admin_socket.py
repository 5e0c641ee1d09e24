"""HAProxy's runtime socket: a line is said, an answer comes."""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from andon.kernel.errors import PortError
from andon.tools.delivery.adapters.router_haproxy.config_file import BACKEND, SOCKET

ANSWER_WITHIN_S = 3.0

Stats = dict[str, dict[str, str]]


class NotRunning(PortError):
    """Nobody listens at the socket."""


async def say(folder: Path, *lines: str) -> str:
    """The answer to one or several lines. Errors: NotRunning, PortError."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S), _connected(folder) as (reader, writer):
            writer.write((";".join(lines) + "\n").encode())
            await writer.drain()
            return (await reader.read(-1)).decode(errors="replace")
    except TimeoutError as error:
        raise PortError(f"HAProxy did not answer within {ANSWER_WITHIN_S:g} s.") from error
    except OSError as error:
        raise NotRunning("HAProxy ended while it was asked.") from error


async def pid(folder: Path) -> int:
    """Number of the process that answers. Errors: NotRunning, PortError."""
    for line in (await say(folder, "show info")).splitlines():
        name, _, value = line.partition(": ")
        if name == "Pid":
            return int(value)
    raise PortError("HAProxy did not say its process number.")


async def stats(folder: Path) -> Stats:
    """What HAProxy knows about each slot. Errors: NotRunning, PortError."""
    return stats_in(await say(folder, "show stat"))


def stats_in(answer: str) -> Stats:
    """What an answer that begins with statistics says about each slot."""
    answer = answer.removeprefix("# ")
    return {row["svname"]: row for row in csv.DictReader(answer.splitlines()) if row.get("pxname") == BACKEND}


async def closed(folder: Path) -> None:
    """Wait until HAProxy is gone. Errors: NotRunning when it is already."""
    async with _connected(folder) as (reader, _):
        try:
            await reader.read(-1)
        except OSError:
            return


@asynccontextmanager
async def _connected(folder: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection by way of the folder's descriptor: the path of a socket may not be longer than 107 bytes."""
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    except OSError as error:
        raise NotRunning(f"{folder} is not there.") from error
    try:
        reader, writer = await asyncio.open_unix_connection(f"/proc/self/fd/{descriptor}/{SOCKET}", limit=2**22)
    except OSError as error:
        raise NotRunning("HAProxy is not running.") from error
    finally:
        os.close(descriptor)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
