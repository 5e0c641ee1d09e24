"""Processes that outlive the server: started detached, known by a record on disk, awaited without threads."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

#: time to end by itself after it was asked to
GRACE = timedelta(seconds=2)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class ProcessRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to find a process again, and never to take another for it."""

    pid: int
    #: clock ticks since boot, so that a used-again pid is another process
    start_ticks: int
    boot_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A program to start."""

    program: str
    arguments: Sequence[str]
    env: Mapping[str, str]
    #: stdout and stderr, in order
    log: Path
    #: open as descriptor 3, for the result
    status: Path
    #: open as descriptor 4; None when the program reads nothing
    reads: Path | None = None


def launch(what: Launch) -> ProcessRecord:
    """Start the program as leader of its own session; it goes on when this process ends. Errors: OSError."""
    started_at = datetime.now(UTC)  # noqa: TID251  (a fact about the process, like those in /proc)
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    given = [(os.POSIX_SPAWN_OPEN, 4, str(what.reads), os.O_RDONLY, 0)] if what.reads else []
    pid = os.posix_spawn(
        what.program,
        [what.program, *what.arguments],
        dict(what.env),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(what.log), append, 0o640),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            (os.POSIX_SPAWN_OPEN, 3, str(what.status), append, 0o640),
            *given,
        ],
        setsid=True,
        setsigdef=[signal.SIGPIPE, signal.SIGINT],
    )
    return ProcessRecord(pid=pid, start_ticks=start_ticks(pid) or 0, boot_id=boot_id(), started_at=started_at)


@cache
def boot_id() -> str:
    """Changes with every start of the machine."""
    return _BOOT_ID.read_text().strip()


def start_ticks(pid: int) -> int | None:
    """When the process began, in ticks since boot; None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    return int(stat.rpartition(b")")[2].split()[19])


def is_alive(record: ProcessRecord) -> bool:
    """Whether the process, and not another with its pid, exists; a zombie has ended but is not yet reaped."""
    return record.boot_id == boot_id() and start_ticks(record.pid) == record.start_ticks


async def ended(record: ProcessRecord, within: timedelta) -> bool:
    """Wait for its end, also of a process that is not our child; False when it still runs after `within`."""
    if not is_alive(record):
        return True
    try:
        watched = os.pidfd_open(record.pid)
    except ProcessLookupError:
        return True
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_reader(watched, over.set)
    try:
        async with asyncio.timeout(max(0.0, within.total_seconds())):
            await over.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(watched)
        os.close(watched)
    reap(record.pid)
    return True


def reap(pid: int) -> None:
    """Take the end of a child, when it is one of ours."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def descendants(pid: int) -> Iterator[int]:
    """Its children and theirs, parents first."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield int(child)
        yield from descendants(int(child))


def marked(marker: str) -> Iterator[int]:
    """Processes that were started with this "NAME=value" in their environment, and have not ended."""
    wanted = marker.encode()
    return (pid for pid, environ in _environments() if wanted in environ)


def marked_below(name: str, folder: Path) -> Iterator[Path]:
    """The folders two levels below this one that are named so in the environment of a living process."""
    for _, environ in _environments():
        for value in environ:
            if value.startswith(f"{name}={folder}/".encode()):
                path = Path(os.fsdecode(value.partition(b"=")[2]))
                if path.parent.parent == folder:
                    yield path


def _environments() -> Iterator[tuple[int, list[bytes]]]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            environ = (folder / "environ").read_bytes()
        except OSError:
            continue
        yield int(folder.name), environ.split(b"\0")


def leads_session(pid: int) -> bool:
    """Whether it is the first of its session, as what we launch is."""
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def send(pids: Sequence[int], number: signal.Signals) -> None:
    """Signal processes that may be gone by now."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
