"""Starting one instance: its port, its environment, its sandbox, its log."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from pathlib import Path

from andon.kernel.errors import PortError
from andon.tools.delivery.adapters.runtime_process import log_file, process, record
from andon.tools.delivery.adapters.runtime_process.record import Record
from andon.tools.delivery.adapters.runtime_process.sandbox import Sandbox
from andon.tools.delivery.ports import Launch

PORTS = range(20000, 30000)  #: below those that the kernel gives to outgoing connections
LOOPBACK = "127.0.0.1"
STATUS_FD = 3


def spawn(sandbox: Sandbox, folder: Path, launch: Launch, fresh: Record) -> process.Child:
    """Start it. Settings and secrets go by its environment, never by arguments, which everybody can read.

    Errors: PortError.
    """
    command = [*sandbox.arguments(launch.image, STATUS_FD), *(launch.command or launch.image.command)]
    status, log = record.open_status(folder), log_file.open_log(folder / record.LOG)
    try:
        pid = os.posix_spawn(
            command[0],
            command,
            _environment(sandbox, launch, fresh),
            file_actions=(
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
                (os.POSIX_SPAWN_DUP2, status, STATUS_FD),
            ),
            setsid=True,  # it lives on when the server ends
            setsigdef=(signal.SIGPIPE,),
        )
    except OSError as error:
        raise PortError(f"could not start {launch.key.service}: {error}.") from error
    finally:
        os.close(status)
        os.close(log)
    return process.Child(pid)


def free_port(services: Path) -> int:
    """A port on loopback that nobody has, and that no other slot will come back to. Errors: PortError."""
    records = (record.read(record.folder_of(services, key)) for key in record.recorded(services))
    taken = {known.port for known in records if known}
    for _ in range(1000):
        port = secrets.choice(PORTS)
        if port not in taken and _is_free(port):
            return port
    raise PortError(f"no port between {PORTS.start} and {PORTS.stop} is free on this machine.")


def _environment(sandbox: Sandbox, launch: Launch, fresh: Record) -> dict[str, str]:
    return {
        "PATH": sandbox.search_path,
        "HOME": "/tmp",  # noqa: S108  (the sandbox's own)
        "LANG": "C.UTF-8",
        **dict(launch.image.env),
        **launch.environment,
        "HOST": LOOPBACK,
        "PORT": str(fresh.port),
        process.MARK: fresh.mark,
    }


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
