"""A git process: bytes in, bytes out, its end known without a thread, and everything that it started ended with it."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.git.pipes import CHUNK_BYTES, read_some, readable, write_all
from andon.machine.process.memory import in_memory

#: between asking a process to end, so that it removes its temporary files, and ending it
GRACE = timedelta(seconds=2)
_MOST_COMPLAINT_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a process is started."""

    command: Sequence[str]
    #: its whole environment; None for that of this process
    environment: Mapping[str, str] | None
    folder: Path
    #: all that it reads; None where it is fed while it runs
    given: bytes | None = b""
    #: what it writes to stderr is read with what it prints, as it comes
    joined: bool = False
    #: further descriptors that it keeps open
    inherits: tuple[int, ...] = ()


class Process:
    """One running process, the leader of its own session, for a thread that waits.

    Its complaints (stderr) go to memory, which never blocks it; so does what it is given.
    """

    def __init__(self, what: Start) -> None:
        self._complaints = os.memfd_create("complaints")
        try:
            with in_memory(what.given or b"") as given:
                self._process = subprocess.Popen(
                    what.command,
                    stdin=subprocess.PIPE if what.given is None else given,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT if what.joined else self._complaints,
                    env=what.environment,
                    cwd=what.folder,
                    pass_fds=what.inherits,
                    start_new_session=True,
                    bufsize=0,
                )
        except OSError as error:
            os.close(self._complaints)
            raise _not_started(error, what.folder) from error
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                os.set_blocking(pipe.fileno(), False)

    def read_within(self, seconds: float) -> bytes:
        """The next bytes of its output; empty at its end. Errors: TimeoutError."""
        output = self._process.stdout
        assert output is not None  # noqa: S101  (a pipe was asked for)
        _require(output.fileno(), seconds)
        return os.read(output.fileno(), CHUNK_BYTES)

    def exit_code_within(self, seconds: float) -> int:
        """Wait for its end. Errors: TimeoutError."""
        if self._process.poll() is None:
            watched = os.pidfd_open(self._process.pid)
            try:
                _require(watched, seconds)
            finally:
                os.close(watched)
        return self._process.wait()

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def end_input(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()

    def complaints(self) -> bytes:
        """The end of what it wrote to stderr."""
        size = os.fstat(self._complaints).st_size
        return os.pread(self._complaints, _MOST_COMPLAINT_BYTES, max(0, size - _MOST_COMPLAINT_BYTES))

    def kill(self) -> None:
        """End it and everything it started, now."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Give back what the kernel lent, after its end."""
        self.end_input()
        if self._process.stdout:
            self._process.stdout.close()
        if self._complaints >= 0:
            os.close(self._complaints)
            self._complaints = -1

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:  # not reaped yet, so the group's id is still its own
            os.killpg(self._process.pid, number)


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


def _require(descriptor: int, seconds: float) -> None:
    """Wait until it can be read. Errors: TimeoutError."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    if not poll.poll(max(0.0, seconds) * 1000):
        raise TimeoutError


def _not_started(error: OSError, folder: Path) -> PortError:
    if not folder.is_dir():
        return PortError(f"git could not be started: there is no folder {folder}.", permanent=True)
    return PortError(f"git could not be started: {error.strerror or error}. Install git, and put it on PATH.")
