"""Processes of this machine, each told from a later one with the same number by a mark that it was started with."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from andon.kernel.errors import PortError
from andon.tools.delivery.ports import Listener

MARK = "ANDON_INSTANCE"  #: in the environment of everything that is started
KILL_WITHIN_S = 10.0
REST_WITHIN_S = 1.0


@dataclass(slots=True)
class Child:
    """A process that this server started. It may outlive the server, which is why it is no Popen."""

    pid: int
    code: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it lives. Collects it when it ended."""
        if self.code is None:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                ended, status = self.pid, 0
            self.code = os.waitstatus_to_exitcode(status) if ended else None
        return self.code


def is_marked(pid: int, mark: str) -> bool:
    """Does the process live, and was it started with the mark?"""
    try:
        return f"{MARK}={mark}\0".encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


def find_marked(mark: str) -> tuple[int, ...]:
    """Every living process with the mark, oldest first."""
    return tuple(sorted(pid for pid in psutil.pids() if is_marked(pid, mark)))


def tree(pid: int) -> tuple[psutil.Process, ...]:
    """The process and everything that it started."""
    try:
        top = psutil.Process(pid)
        return (top, *top.children(recursive=True))
    except psutil.Error:
        return ()


def listeners(pid: int) -> tuple[Listener, ...]:
    """Where the process, and everything that it started, listens."""
    found: list[Listener] = []
    for process in tree(pid):
        try:
            connections = process.net_connections(kind="tcp")
        except psutil.Error:
            continue
        listening = (c.laddr for c in connections if c.status == psutil.CONN_LISTEN)
        found += [Listener(address=address.ip, port=address.port) for address in listening]
    return tuple(dict.fromkeys(found))


@contextmanager
def holding(pid: int, mark: str) -> Iterator[int | None]:
    """A handle that stays that of this process, whatever happens to its number; None when it does not live."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        yield None
        return
    try:
        yield handle if is_marked(pid, mark) else None
    finally:
        os.close(handle)


def _set(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


async def gone(handle: int, within_s: float | None = None) -> bool:
    """Wait until the process ended; False when it did not within the time."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    loop.add_reader(handle, _set, done)
    try:
        async with asyncio.timeout(within_s):
            await done
        return True
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(handle)


def ask_to_end(pid: int) -> None:
    """SIGTERM to what the sandbox's first process started; that one itself takes no signals."""
    try:
        for child in psutil.Process(pid).children():
            child.terminate()
    except psutil.Error:
        pass


async def end(pid: int, handle: int, timeout_s: float) -> None:
    """Ask the sandbox to end, and after the time kill it. Errors: PortError."""
    if timeout_s:
        ask_to_end(pid)
        if await gone(handle, timeout_s):
            return
    kill(handle)
    if not await gone(handle, KILL_WITHIN_S):
        raise PortError(f"process {pid} does not end although it was killed.")


async def end_rest(mark: str) -> None:
    """See that nothing with the mark is left; bubblewrap itself ends a moment after what it boxed."""
    deadline = asyncio.get_running_loop().time() + REST_WITHIN_S
    while left := await asyncio.to_thread(find_marked, mark):
        if asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.005)
            continue
        for pid in left:
            with holding(pid, mark) as handle:
                if handle is not None:
                    kill(handle)
        deadline += REST_WITHIN_S


def kill(handle: int) -> None:
    """SIGKILL to the sandbox's first process, and with it to everything in the sandbox."""
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        pass
