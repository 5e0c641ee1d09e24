"""A git process for a coroutine that waits. (By itself: who only waits in a thread does not load asyncio.)"""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta

from andon.machine.git.pipes import read_some, readable, write_all
from andon.machine.git.process import Process, Start

#: between asking a process to end, so that it removes its temporary files, and ending it
GRACE = timedelta(seconds=2)


class Child(Process):
    """A process for a coroutine that waits."""

    def __init__(self, what: Start) -> None:
        super().__init__(what)
        self._end: asyncio.Task[int] | None = None

    async def read(self) -> bytes:
        """The next bytes of its output; empty when it ended or was stopped."""
        output = self._process.stdout
        return await read_some(output.fileno()) if output and not output.closed else b""

    async def write(self, data: bytes) -> None:
        """Feed it. Once it reads no more, nothing happens."""
        feed = self._process.stdin
        try:
            if feed and not feed.closed:
                await write_all(feed.fileno(), data)
        except BrokenPipeError:
            self.end_input()

    async def exited(self) -> int:
        """Wait for its end; its exit code. May be awaited by several."""
        if self._end is None:
            self._end = asyncio.create_task(self._reap())
        return await asyncio.shield(self._end)

    async def stop(self) -> None:
        """End it and everything it started."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE.total_seconds()):  # wait_for can lose a cancellation on 3.11
                await self.exited()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.exited()

    async def _reap(self) -> int:
        watched = os.pidfd_open(self._process.pid)
        try:
            await readable(watched)
        finally:
            os.close(watched)
        return self._process.wait()
