"""The `andon` command in a process of its own that is forked: what it imports is there, and nothing else differs.

A Python that starts, and imports the command line, takes ten times the processor of most commands; a server, twice.
What the start itself does is shown by real starts: tests/test_cli.py, tests/test_up.py, and most journeys.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from andon.cli import run
from andon.testing.installation import Done

FAILED = 1


class Forked:
    """A command that runs; what subprocess.Popen offers, as far as tests need it."""

    def __init__(
        self, arguments: Sequence[str], streams: Sequence[int], folder: Path, environ: Mapping[str, str]
    ) -> None:
        self.returncode: int | None = None
        self._arguments = arguments
        self.pid = os.fork()
        if not self.pid:
            code = FAILED
            try:
                os.setsid()
                _settle(streams, folder, environ)
                code = run(arguments)
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else FAILED
            except BaseException:  # noqa: BLE001 - as the interpreter does, and never back into the tests
                traceback.print_exc()
            finally:
                _leave(code)

    def poll(self) -> int | None:
        """Its exit code, when it has ended."""
        if self.returncode is None and (ended := os.waitpid(self.pid, os.WNOHANG))[0]:
            self.returncode = os.waitstatus_to_exitcode(ended[1])
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Its exit code. Errors: subprocess.TimeoutExpired."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(["andon", *self._arguments], timeout)
            time.sleep(0.005)
        return code

    def send_signal(self, how: signal.Signals) -> None:
        """As os.kill, while it lives."""
        if self.poll() is None:
            os.kill(self.pid, how)


def andon(*arguments: str, folder: Path, environ: Mapping[str, str], stdin: bytes = b"", timeout_s: float = 60) -> Done:
    """Runs the command in a folder with this environment alone."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        running = Forked(arguments, [file.fileno() for file in (given, out, err)], folder, environ)
        try:
            code = running.wait(timeout_s)
        finally:
            running.send_signal(signal.SIGKILL)
        return Done(code=code, out=_text(out), err=_text(err))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _settle(streams: Sequence[int], folder: Path, environ: Mapping[str, str]) -> None:
    """What a new process has: streams, place, environment, signals, chance; and what tests set is forgotten."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate(("r", "w", "w"))
    )
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    random.seed()
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    gc.freeze()


def _leave(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or FAILED
    os._exit(code)
