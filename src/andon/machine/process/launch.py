"""Starting a process that goes on when the server ends."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from andon.machine.process.record import ProcessRecord, record_of

_T = TypeVar("_T")

#: where the program writes its status
STATUS_FD = 3
#: our own descriptors are moved above this one first, so that none is overwritten while they are put in place
_OUT_OF_THE_WAY = 64
_LAST_STANDARD_FD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLaunch:
    """A program to start."""

    command: Sequence[str]
    #: its whole environment
    env: Mapping[str, str]
    #: descriptor that becomes its stdout and stderr; it stays open here
    output: int
    #: file that it appends to as descriptor 3
    status: Path
    #: further descriptors, by the number that they have there; they stay open here
    descriptors: Mapping[int, int] = field(default_factory=dict)


def launch(what: ProcessLaunch) -> ProcessRecord:
    """Start the program as leader of its own session. Errors: OSError."""
    started_at = datetime.now(UTC)  # noqa: TID251  (a fact about the process, like those in /proc)
    wanted = {1: what.output, 2: what.output, **what.descriptors}
    _keep_from_children()
    with moved_away(wanted.values()) as moved:
        pid = os.posix_spawn(
            what.command[0],
            list(what.command),
            dict(what.env),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, STATUS_FD, str(what.status), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640),
                *((os.POSIX_SPAWN_DUP2, moved[ours], theirs) for theirs, ours in wanted.items()),
            ],
            setsid=True,
            setsigdef=[signal.SIGPIPE, signal.SIGINT],
        )
    return record_of(pid, started_at)


async def in_thread(start: Callable[[], _T]) -> _T:
    """Start something beside the event loop; cancelling waits until it is started and known."""
    starting = asyncio.ensure_future(asyncio.to_thread(start))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait([starting])
        raise


def _keep_from_children() -> None:
    """Descriptors that the server was started with, or that a library left open, are not for what it starts."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  (names alone; the links lead nowhere)
        if int(name) <= _LAST_STANDARD_FD:
            continue
        try:
            os.set_inheritable(int(name), False)  # noqa: FBT003  (its second argument has no name)
        except OSError:
            continue


@contextmanager
def moved_away(descriptors: Iterable[int]) -> Iterator[Mapping[int, int]]:
    """The same files under numbers that no descriptor of the child has."""
    moved = {one: fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY) for one in set(descriptors)}
    try:
        yield moved
    finally:
        for one in moved.values():
            os.close(one)
