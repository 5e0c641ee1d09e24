"""Waking followers in other processes on one machine: each has a named pipe that every commit presses."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path

#: distinguishes the ledgers of one process
_numbers = count(1)


class Doorbells:
    """The pipes of all processes that follow one file; costs nothing while nothing happens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = folder / f"{os.getpid()}-{next(_numbers)}"

    def press(self) -> None:
        """Wake the followers of all other ledgers; from any thread. Pipes that nobody hears any more are removed.

        Never fails: the commit stands, and a follower that was not woken looks by itself a little later.
        """
        with suppress(OSError):
            for name in os.listdir(self._folder):  # noqa: PTH208 - half the cost of iterdir, after every commit
                if name != self._own.name and not name.startswith("."):
                    _press(self._folder / name)

    @contextmanager
    def own(self) -> Iterator[asyncio.Event]:
        """An event of the running loop that is set whenever another process presses."""
        pressed = asyncio.Event()
        with ExitStack() as undo:
            with suppress(OSError):  # a file system without named pipes: its followers look by themselves
                self._listen(pressed, undo)
            yield pressed

    def _listen(self, pressed: asyncio.Event, undo: ExitStack) -> None:
        hearing, loop = self._install(undo), asyncio.get_running_loop()

        def hear() -> None:
            os.read(hearing, 4096)
            pressed.set()

        loop.add_reader(hearing, hear)
        undo.callback(loop.remove_reader, hearing)

    def _install(self, undo: ExitStack) -> int:
        """The reading end. The pipe gets its name only when it is read, or a writer would take it for a dead one."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        hidden = self._folder / f".{self._own.name}"
        hidden.unlink(missing_ok=True)
        os.mkfifo(hidden, 0o600)
        hearing = os.open(hidden, os.O_RDONLY | os.O_NONBLOCK)
        undo.callback(os.close, hearing)
        # held open, so that the last writer that leaves is not an end of file
        undo.callback(os.close, os.open(hidden, os.O_WRONLY | os.O_NONBLOCK))
        undo.callback(self._own.unlink, missing_ok=True)
        hidden.rename(self._own)
        return hearing


def _press(bell: Path) -> None:
    try:
        pipe = os.open(bell, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # nobody reads it: its process was killed
        bell.unlink(missing_ok=True)
        return
    try:
        os.write(pipe, b"\0")
    except BlockingIOError:  # full: it has been pressed often enough
        return
    finally:
        os.close(pipe)
