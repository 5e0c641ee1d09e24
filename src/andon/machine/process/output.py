"""What a detached process prints: a pipe that it cannot rewrite, and the server that copies it into a log.

A log that were the process's own output could be cut or grown by it (`/proc/self/fd/1`, ftruncate). A stopped shell
keeps the pipe open, so that nothing is lost of a process that ends while no server reads.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from andon.machine.process.ending import ended, send
from andon.machine.process.finding import first_marked, marked
from andon.machine.process.launch import in_thread
from andon.machine.process.printed_times import TimeMarks
from andon.machine.process.record import read_record, record_of, write_record

#: in the environment of the shell that keeps a pipe open: the folder of the pipe
HOLDER_MARK = "ANDON_HOLDER"
_SHELL = "/bin/sh"
#: for as much as an ordinary user may have in a pipe
_PIPE_BYTES = _PIECE_BYTES = 1024 * 1024
#: a pipe that had less than this in it is looked at a moment later, so that short lines do not keep the server busy
_WORTH_A_LOOK_BYTES = 64 * 1024
_PAUSE_S = 0.01
_HOLDER_ENDS_WITHIN = timedelta(seconds=5)


class Filter(Protocol):
    """Changes what is printed before it is written: masks, limits. It may keep bytes back until it has more."""

    def feed(self, data: bytes) -> bytes:
        """What is to be written now."""
        ...

    def end(self) -> bytes:
        """What it kept back, when nothing more comes."""
        ...

    def leave(self) -> bytes:
        """What is to be written instead of what it kept back, when another server goes on with the rest."""
        ...


class Unchanged:
    """A filter that leaves everything as it is."""

    def feed(self, data: bytes) -> bytes:
        return data

    def end(self) -> bytes:
        return b""

    def leave(self) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class Output:
    """The pipe of the process in a folder."""

    folder: Path

    @property
    def _pipe(self) -> Path:
        return self.folder / "output"

    @property
    def _holder(self) -> Path:
        return self.folder / "holder"

    @contextmanager
    def made(self) -> Iterator[int]:
        """A descriptor for the process to print to. Errors: OSError."""
        if self._pipe.exists():  # of a server that was killed before the process began
            send(marked(f"{HOLDER_MARK}={self.folder}"), signal.SIGKILL)
            self._pipe.unlink(missing_ok=True)
        os.mkfifo(self._pipe, 0o600)
        # without a reader it could not be opened for writing
        with _opened(self._pipe, os.O_RDONLY | os.O_NONBLOCK) as reading:
            _enlarge(reading)
            holder = self._hold(reading)
            try:
                with _opened(self._pipe, os.O_WRONLY) as writing:
                    yield writing
            except BaseException:
                # nothing was started that could print
                os.kill(holder, signal.SIGKILL)
                os.waitpid(holder, 0)
                self._holder.unlink()
                self._pipe.unlink()
                raise

    @contextmanager
    def read(self) -> Iterator[int | None]:
        """A descriptor from which what was printed can be read without waiting; None when there is no pipe."""
        try:
            reading = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            yield None
            return
        try:
            yield reading
        finally:
            os.close(reading)

    async def drop(self) -> None:
        """Everything was read: the pipe is not needed any more."""
        if not self._pipe.exists():
            return
        record = read_record(self._holder)
        if record is None:
            pid = await asyncio.to_thread(first_marked, f"{HOLDER_MARK}={self.folder}")
            record = record_of(pid, datetime.now(UTC)) if pid else None  # noqa: TID251  (nobody asks when)
        if record and record.is_alive():
            send([record.pid], signal.SIGKILL)
        if record:
            await ended(record, _HOLDER_ENDS_WITHIN)
        self._holder.unlink(missing_ok=True)
        self._pipe.unlink(missing_ok=True)

    def _hold(self, reading: int) -> int:
        pid = os.posix_spawn(
            _SHELL,
            [_SHELL, "-c", "kill -STOP $$"],
            {HOLDER_MARK: str(self.folder)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reading, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setsid=True,
        )
        write_record(self._holder, record_of(pid, datetime.now(UTC)))  # noqa: TID251  (nobody asks when)
        return pid


class Copying:
    """Copies what is printed from the pipe to a log, through a filter, up to a size."""

    def __init__(self, source: int, log: Path, passing: Filter, most_bytes: int) -> None:
        self._source = source
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._passing = passing
        self._written = os.fstat(self._log).st_size
        self._room = most_bytes - self._written
        self._times = TimeMarks(log)
        #: why not everything was written; "" while it was
        self.trouble = ""

    @property
    def is_full(self) -> bool:
        """There was more than the log may have."""
        return self._room < 0

    async def run(self) -> None:
        """Copy what comes, until nobody can print any more."""
        loop = asyncio.get_running_loop()
        while True:
            readable = asyncio.Event()
            loop.add_reader(self._source, readable.set)
            try:
                await readable.wait()
            finally:
                loop.remove_reader(self._source)
            copied_bytes = await in_thread(self.step)
            if copied_bytes is None:
                return
            if copied_bytes < _WORTH_A_LOOK_BYTES:
                await asyncio.sleep(_PAUSE_S)

    def step(self) -> int | None:
        """Copy what is there; how many bytes that was, or None when nobody can print any more."""
        try:
            data = os.read(self._source, _PIECE_BYTES)
        except BlockingIOError:
            return 0
        self._write(self._passing.feed(data))
        return len(data) or None

    def close(self, *, is_over: bool) -> None:
        """Copy the rest, when nobody prints any more, and close the log."""
        while is_over and self.step():
            pass
        self._write(self._passing.end() if is_over else self._passing.leave())
        os.close(self._log)
        self._times.close()

    def _write(self, data: bytes) -> None:
        """What is too much is left out, and so is what the disk does not take: the process must not wait for us."""
        if self._room < 0 or self.trouble or not data:
            return
        rest = memoryview(data)[: self._room]
        self._room -= len(data)
        begin, self._written = self._written, self._written + len(rest)
        try:
            # at once: what was read and is not written yet is lost when the server is killed
            while rest:
                rest = rest[os.write(self._log, rest) :]
            self._times.reached(begin)
        except OSError as error:
            self.trouble = f"its log could not be written: {error.strerror}"


@asynccontextmanager
async def copied(source: int, log: Path, passing: Filter, most_bytes: int) -> AsyncIterator[Copying]:
    """Copy during the block; when it ends in peace nobody prints any more, and the rest is copied too."""
    copying = Copying(source, log, passing, most_bytes)
    running = asyncio.create_task(copying.run())
    is_over = False
    try:
        yield copying
        is_over = True
    finally:
        running.cancel()
        await asyncio.wait([running])
        await in_thread(lambda: copying.close(is_over=is_over))
    if not running.cancelled():
        running.result()


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def _enlarge(pipe: int) -> None:
    """So that a process can go on while the server is busy, or away; the kernel may have reasons not to."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except OSError:
        return
