"""A git process: bytes in, bytes out, and its end known without a thread."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from datetime import timedelta

from andon.kernel.errors import PortError
from andon.tools.source.adapters.repositories_git.pipes import read_some, readable, write_all

#: between asking a process to end, so that it removes its temporary files, and ending it
GRACE = timedelta(seconds=2)
_MOST_COMPLAINT_BYTES = 4096


class Child:
    """One running process, the leader of its own group. Its complaints (stderr) go to memory that never blocks it."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        fed: bool = False,
        inherits: tuple[int, ...] = (),
    ) -> None:
        self._complaints = os.memfd_create("complaints")
        try:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=environment,
                pass_fds=inherits,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            os.close(self._complaints)
            raise PortError(f"git could not be started: {error.strerror}. Is git installed and on PATH?") from error
        self._end: asyncio.Task[int] | None = None
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                os.set_blocking(pipe.fileno(), False)

    async def read(self) -> bytes:
        """The next bytes of its output; empty when it ended or was stopped."""
        output = self._process.stdout
        return await read_some(output.fileno()) if output and not output.closed else b""

    async def write(self, data: bytes) -> None:
        """Feed it. Once it doesn't listen any more, nothing happens."""
        feed = self._process.stdin
        try:
            if feed and not feed.closed:
                await write_all(feed.fileno(), data)
        except BrokenPipeError:
            self.end_input()

    def end_input(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()

    def complaints(self) -> str:
        """The first lines of what it wrote to stderr."""
        return os.pread(self._complaints, _MOST_COMPLAINT_BYTES, 0).decode(errors="replace").strip()

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

    def close(self) -> None:
        """Give back what the kernel lent, after its end."""
        self.end_input()
        if self._process.stdout:
            self._process.stdout.close()
        if self._complaints >= 0:
            os.close(self._complaints)
            self._complaints = -1

    async def _reap(self) -> int:
        watched = os.pidfd_open(self._process.pid)
        try:
            await readable(watched)
        finally:
            os.close(watched)
        return self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:  # not reaped yet, so the group's id is still its own
            os.killpg(self._process.pid, number)
