"""Reading and writing pipes from the event loop, without threads and without buffers of our own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from andon.machine.git.process import CHUNK_BYTES


async def _ready(watch: Callable[..., object], forget: Callable[[int], object], descriptor: int) -> None:
    """Wait until the event loop says that the descriptor can be used."""
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    watch(descriptor, wake)
    try:
        await ready
    finally:
        forget(descriptor)


async def readable(descriptor: int) -> None:
    """Wait until there is something to read, or the other end is closed."""
    loop = asyncio.get_running_loop()
    await _ready(loop.add_reader, loop.remove_reader, descriptor)


async def read_some(descriptor: int) -> bytes:
    """What there is to read, once there is something; empty when the other end is closed."""
    while True:
        try:
            return os.read(descriptor, CHUNK_BYTES)
        except BlockingIOError:
            await readable(descriptor)


async def write_all(descriptor: int, data: bytes) -> None:
    """Write everything, waiting while the pipe is full. Errors: BrokenPipeError when nobody reads any more."""
    loop = asyncio.get_running_loop()
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            await _ready(loop.add_writer, loop.remove_writer, descriptor)
