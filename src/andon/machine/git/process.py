"""A git process: bytes in, bytes out, its end known without a thread, and everything that it started ended with it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.process.memory import in_memory

CHUNK_BYTES = 256 * 1024
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
