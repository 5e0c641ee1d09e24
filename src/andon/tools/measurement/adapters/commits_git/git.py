"""git as this adapter calls it: nothing that the measured repository configures is run, and nothing waits for ever.

A repository's own config can name programs (hooks, fsmonitor, ssh and gpg commands, lazy fetches of a partial clone).
Only plumbing is called here that reads objects and refs; the settings below close the rest.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from andon.kernel.errors import PortError

#: what a repository's own settings may not change
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.sshCommand=false",
    "core.attributesFile=/dev/null",
    "gpg.program=false",
    "protocol.allow=never",
    "safe.directory=*",
)
#: all that git sees of this machine, beside the search path
_CLOSED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
}
#: for what only looks something up
_LOOK_UP_WITHIN_S = 60
#: without a byte from a process that walks or fetches
SILENT_AT_MOST_S = 120
_CHUNK_BYTES = 1 << 18
_WORDS_BYTES = 4000


class GitFailed(PortError):
    """git said no; the text is what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """The git on a search path, in one folder."""

    folder: str
    search_path: str

    def output(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git prints. Errors: GitFailed with its own words; PortError when it takes too long or is not there."""
        try:
            done = subprocess.run(
                self._command(arguments),
                cwd=self.folder,
                env=self._environment(),
                input=given,
                capture_output=True,
                timeout=_LOOK_UP_WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PortError(f"git {arguments[0]} took longer than {_LOOK_UP_WITHIN_S} s in {self.folder}.") from None
        except OSError as error:
            raise not_started(error) from None
        if done.returncode:
            raise GitFailed(done.stderr[-_WORDS_BYTES:].decode(errors="replace").strip(), permanent=True)
        return done.stdout

    def chunks(self, *arguments: str, given: bytes) -> Iterator[bytes]:
        """What git prints, as it prints it. Errors: as output; too long is too long without a word."""
        with child(self._command(arguments), self._environment(), self.folder) as process:
            _hand_over(process, given)
            yield from heard(process, piped(process.stdout), SILENT_AT_MOST_S, f"git {arguments[0]}")
            if process.wait():
                said = piped(process.stderr).read(_WORDS_BYTES).decode(errors="replace").strip()
                raise GitFailed(said, permanent=True)

    @contextmanager
    def counted(self, given: bytes) -> Iterator[Callable[[], int | None]]:
        """Counts commits beside a walk; asked for the number it gives None until it has it."""
        with child(self._command(("rev-list", "--stdin", "--count")), self._environment(), self.folder) as process:
            _hand_over(process, given)
            found: list[int] = []

            def now() -> int | None:
                if not found and process.poll() == 0:
                    found.append(int(piped(process.stdout).read()))
                return found[0] if found else None

            yield now

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return ["git", "--no-pager", *(part for setting in _SETTINGS for part in ("-c", setting)), *arguments]

    def _environment(self) -> dict[str, str]:
        return {**_CLOSED, "PATH": self.search_path}


def not_started(error: OSError) -> PortError:
    """In words."""
    return PortError(f"git could not be started: {error.strerror or error}. Install git.", permanent=True)


@contextmanager
def child(command: list[str], env: Mapping[str, str] | None, folder: str | None) -> Iterator[subprocess.Popen[bytes]]:
    """A process without a terminal, gone at the end with everything that it started. Errors: PortError."""
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise not_started(error) from None
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def heard(process: subprocess.Popen[bytes], stream: IO[bytes], silent_s: float, who: str) -> Iterator[bytes]:
    """What comes out of the stream until it ends. Errors: PortError when nothing comes for so long."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        began = time.monotonic()
        while True:
            if not selector.select(silent_s):
                waited = time.monotonic() - began
                raise PortError(
                    f"{who} was stopped after {waited:.0f} s: for {silent_s:.0f} s nothing was heard of it."
                )
            chunk = os.read(stream.fileno(), _CHUNK_BYTES)
            if not chunk:
                return
            yield chunk


def _hand_over(process: subprocess.Popen[bytes], given: bytes) -> None:
    """git reads all of it before it says anything."""
    stream = piped(process.stdin)
    try:
        stream.write(given)
        stream.close()
    except BrokenPipeError:
        return  # it ended before; what it said tells why


def piped(stream: IO[bytes] | None) -> IO[bytes]:
    """The pipe that was asked for."""
    assert stream is not None  # noqa: S101  (a pipe was asked for)
    return stream
