"""Starting the writer of a log, and waiting until it has written everything."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import andon
from andon.kernel.masking import Needles
from andon.machine.log.segments import OPEN
from andon.machine.log.writer import SETTINGS_FD
from andon.machine.process.launch import moved_away
from andon.machine.process.memory import in_memory

LOCK_FD = 4
_ROOT = str(Path(andon.__file__).parent.parent)
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from andon.machine.log.writer import main; main()"
_PAUSE_S = 0.005


@dataclass(frozen=True, slots=True)
class StartedWriter:
    """A process that writes a log, and the descriptor for what it writes."""

    pid: int
    #: the caller closes it after it gave it to the program that prints
    descriptor: int


def start_writer(folder: Path, needles: Needles, note: str) -> StartedWriter:
    """Start the writer of a log; it ends when every copy of its descriptor is closed. Errors: OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {"folder": str(folder), "needles": [needle.hex() for needle in needles.needles], "note": note}
    reading, writing = os.pipe2(os.O_CLOEXEC)
    held = _hold(folder)
    try:
        with in_memory(json.dumps(settings).encode()) as told:
            return StartedWriter(_start(reading, told, held), writing)
    except OSError:
        os.close(writing)
        raise
    finally:
        os.close(held)
        os.close(reading)


def _start(reading: int, told: int, held: int) -> int:
    with moved_away((reading, told, held)) as moved:
        return os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-S", "-c", _PROGRAM, _ROOT],
            {"LANG": "C.UTF-8"},
            file_actions=(
                (os.POSIX_SPAWN_DUP2, moved[reading], 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, moved[told], SETTINGS_FD),
                (os.POSIX_SPAWN_DUP2, moved[held], LOCK_FD),
            ),
            setsid=True,
            setsigdef=(signal.SIGPIPE,),
        )


async def written(folder: Path, within_s: float) -> bool:
    """Wait until nobody writes to the log any more; False when somebody still does after that time."""
    deadline = asyncio.get_running_loop().time() + within_s
    while is_written_to(folder):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(_PAUSE_S)
    return True


def is_written_to(folder: Path) -> bool:
    """Is there a process that writes, or will?"""
    try:
        lock = os.open(folder / OPEN, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def _hold(folder: Path) -> int:
    """Say that more may come, already before the writer runs; the lock ends with its last descriptor."""
    lock = os.open(folder / OPEN, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock
