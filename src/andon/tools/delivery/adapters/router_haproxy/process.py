"""HAProxy as a process: started apart from the server, found by its socket or its mark, ended exactly."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import socket
from pathlib import Path

import psutil

from andon.kernel.errors import PortError
from andon.tools.delivery.adapters.router_haproxy import admin_socket

MARK = "ANDON_ROUTE"  #: in its environment: the folder of its route
CONFIG, LOG = "haproxy.cfg", "log"
CONNECTIONS = 2000
FILES_OF_ITS_OWN = 100  #: besides two for each connection
START_WITHIN_S = 5.0
END_WITHIN_S = 5.0
FREE_WITHIN_S = 0.5  #: a port is free a little after the process that had it is gone
PAUSE_S = 0.005


def most_connections() -> int:
    """As many as are sensible and the machine's limit of open files allows: HAProxy does not start beyond it."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    possible = (files - FILES_OF_ITS_OWN) // 2
    return CONNECTIONS if files == resource.RLIM_INFINITY else max(1, min(CONNECTIONS, possible))


async def start(program: Path, folder: Path) -> int:
    """Start it with the folder's configuration; its number, when its socket answers. Errors: PortError."""
    pid = _spawn(program, folder)
    deadline = asyncio.get_running_loop().time() + START_WITHIN_S
    while asyncio.get_running_loop().time() < deadline:
        if collect(pid) is not None:
            said = (folder / LOG).read_text(errors="replace").strip()[-1500:]
            raise PortError(f"HAProxy did not start: {said}")
        try:
            if await admin_socket.pid(folder) == pid:
                return pid
        except admin_socket.NotRunning:
            pass
        await asyncio.sleep(PAUSE_S)
    await end(folder)
    raise PortError(f"HAProxy did not listen within {START_WITHIN_S:g} s.")


def collect(pid: int) -> int | None:
    """The exit code of a child that ended; None while it lives, or when it is no child of this server."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if ended else None


def _spawn(program: Path, folder: Path) -> int:
    """No Popen: it lives on when the server ends."""
    log = os.open(folder / LOG, os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        return os.posix_spawn(
            program,
            (str(program), "-db", "-C", str(folder), "-f", CONFIG),
            {MARK: str(folder)},
            file_actions=(
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ),
            setsid=True,
            setsigdef=(signal.SIGPIPE,),
        )
    except OSError as error:
        raise PortError(f"HAProxy could not be started: {error}.", permanent=True) from error
    finally:
        os.close(log)


async def end(folder: Path) -> None:
    """End every HAProxy of the folder; nothing when there is none. Errors: PortError."""
    for number in await asyncio.to_thread(_marked, folder):
        await _end(number, folder)


async def _end(number: int, folder: Path) -> None:
    try:
        handle = os.pidfd_open(number)
    except OSError:
        return
    try:
        deadline = asyncio.get_running_loop().time() + END_WITHIN_S
        how = signal.SIGTERM
        while _is_marked(number, folder):
            signal.pidfd_send_signal(handle, how)
            if asyncio.get_running_loop().time() > deadline:
                how = signal.SIGKILL
            await asyncio.sleep(PAUSE_S)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def is_free(bind: str, port: int) -> bool:
    """Whether somebody could listen there now."""
    return _try_bind(bind, port) is None


async def check_port(bind: str, port: int, who: str) -> None:
    """Go on only when nobody listens there, also not after a moment. Errors: PortError that names who does."""
    deadline = asyncio.get_running_loop().time() + FREE_WITHIN_S
    while (error := _try_bind(bind, port)) is not None:
        if error.errno != errno.EADDRINUSE:
            raise PortError(f"{who} cannot listen on {bind}:{port}: {error.strerror}.", permanent=True) from error
        if asyncio.get_running_loop().time() >= deadline:
            owner = await asyncio.to_thread(_owner, port)
            raise PortError(
                f"port {port}, which {who} should have, is taken by {owner}. "
                "End that, or give the service another port in line.toml.",
                permanent=True,
            ) from error
        await asyncio.sleep(PAUSE_S)


def _try_bind(bind: str, port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            return error
    return None


def _owner(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    try:
        listening = (c for c in psutil.net_connections(kind="tcp") if c.status == psutil.CONN_LISTEN)
        number = next((c.pid for c in listening if getattr(c.laddr, "port", 0) == port and c.pid), None)
        return f"{psutil.Process(number).name()} (process {number})" if number else "another process"
    except psutil.Error:
        return "another process"


def _marked(folder: Path) -> tuple[int, ...]:
    return tuple(number for number in psutil.pids() if _is_marked(number, folder))


def _is_marked(number: int, folder: Path) -> bool:
    try:
        return f"{MARK}={folder}\0".encode() in Path(f"/proc/{number}/environ").read_bytes()
    except OSError:
        return False
