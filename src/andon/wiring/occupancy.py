"""One server at a time has a data folder: a lock that the kernel takes back when its holder dies."""

from __future__ import annotations

import asyncio
import fcntl
import getpass
import json
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from andon.kernel.errors import NoSpace, PortError
from andon.machine.disk import is_full

FILE = "server.json"
ENDS_WITHIN_S = 20.0  #: a server that was asked to end; after that it is killed
PAUSE_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """The server that has a folder."""

    pid: int
    #: clock ticks since boot, so that a number used again is another process
    start_ticks: int
    #: "" until it listens
    url: str = ""


class Occupancy:
    """The right to a folder, as long as the process lives."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.say("")

    def say(self, url: str) -> None:
        """Write down who has the folder, and where it listens."""
        pid = os.getpid()
        said = json.dumps(asdict(Occupant(pid=pid, start_ticks=_start_ticks(pid) or 0, url=url)))
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{said}\n".encode())


@contextmanager
def occupied(data: Path) -> Generator[Occupancy]:
    """Have the folder, and say so in it. Errors: PortError when another server has it, or it cannot be written."""
    with _locked(data) as file:
        try:
            here = Occupancy(file)
        except OSError as error:
            raise unusable(data, error) from error
        yield here


@contextmanager
def unoccupied(data: Path) -> Generator[None]:
    """Keep servers out of the folder; writes nothing, so that a full disk does not matter. Errors: PortError."""
    with _locked(data):
        yield


@contextmanager
def _locked(data: Path) -> Generator[BinaryIO]:
    with _opened(data) as file:
        if not _lock(file):
            raise PortError(_taken(data))
        yield file


def _opened(data: Path) -> BinaryIO:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (data / FILE).open("a+b", buffering=0)  # what did not fit is not written again when it is closed
    except OSError as error:
        raise unusable(data, error) from error


def unusable(data: Path, error: OSError) -> PortError:
    """Why a server cannot keep its data in the folder, and what to do."""
    if is_full(error):
        return NoSpace(f"the disk of {data} is full. Make room, then start again; or name a folder on another disk.")
    where = "" if error.filename in {None, str(data)} else f" at {error.filename}"
    return PortError(
        f"{data} cannot hold a server's data: {error.strerror or error}{where}. Name a folder that {getpass.getuser()} "
        "may write (andon up FOLDER), or change its owner (chown).",
        permanent=True,
    )


def occupant(data: Path) -> Occupant | None:
    """The server that has the folder now."""
    try:
        with (data / FILE).open("rb") as file:
            if _lock(file):
                return None
            found = Occupant(**json.loads(file.read()))
    except (OSError, ValueError, TypeError):
        return None
    return found if _start_ticks(found.pid) == found.start_ticks else None


async def end_occupant(data: Path) -> Occupant | None:
    """Ask the folder's server to end, and after a while end it; which it was. Errors: PortError."""
    found = occupant(data)
    if found is None:
        return None
    try:
        handle = os.pidfd_open(found.pid)
    except ProcessLookupError:
        return None
    try:
        if _start_ticks(found.pid) != found.start_ticks:
            return None  # it ended by itself, and its number is somebody else's
        for how in (signal.SIGTERM, signal.SIGKILL):
            _send(handle, how)
            if await _is_free_within(data, ENDS_WITHIN_S):
                return found
    finally:
        os.close(handle)
    raise PortError(f"the server, process {found.pid}, does not end although it was killed")


def _send(handle: int, how: signal.Signals) -> None:
    try:
        signal.pidfd_send_signal(handle, how)
    except ProcessLookupError:
        return


async def _is_free_within(data: Path, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while not _is_free(data):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(PAUSE_S)
    return True


def _is_free(data: Path) -> bool:
    """The lock goes with the last thread of its holder, which may be after the process looks dead."""
    with (data / FILE).open("rb") as file:
        return _lock(file)


def _taken(data: Path) -> str:
    found = occupant(data)
    who = f"a server (process {found.pid}{f', {found.url}' if found.url else ''})" if found else "another server"
    return f"{data} is in use by {who}. Stop it first:  andon down {data}"


def _lock(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start_ticks(pid: int) -> int | None:
    """When the process began; None when it has ended, also when nobody has collected it yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = stat.rpartition(b")")[2].split()
    return None if fields[0] in {b"Z", b"X"} else int(fields[19])
