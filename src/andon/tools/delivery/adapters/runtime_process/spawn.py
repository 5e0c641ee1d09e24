"""Starting one instance: its port, its environment, its sandbox, its log."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from andon.kernel.errors import PortError
from andon.tools.delivery.adapters.runtime_process import log_file, process, record
from andon.tools.delivery.adapters.runtime_process.record import Record
from andon.tools.delivery.adapters.runtime_process.sandbox import Sandbox
from andon.tools.delivery.ports import Launch

PORTS = range(20000, 30000)  #: below those that the kernel gives to outgoing connections
LOOPBACK = "127.0.0.1"
STATUS_FD, ENVIRONMENT_FD = 3, 4


def spawn(sandbox: Sandbox, folder: Path, launch: Launch, fresh: Record) -> process.Child:
    """Start it. Settings and secrets go by its environment, never by arguments, which everybody can read.

    bubblewrap itself, which runs outside, has none of it: LD_PRELOAD would lead out of the sandbox. Errors: PortError.
    """
    words = launch.command or launch.image.command
    command = [*sandbox.arguments(launch.image, STATUS_FD, ENVIRONMENT_FD), *words]
    options = _options(_environment(sandbox, launch, fresh))
    status, log = record.open_status(folder), log_file.open_log(folder / record.LOG)
    told = _in_memory(options)
    try:
        pid = os.posix_spawn(
            command[0],
            command,
            {process.MARK: fresh.mark},
            file_actions=(
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
                (os.POSIX_SPAWN_DUP2, status, STATUS_FD),
                (os.POSIX_SPAWN_DUP2, told, ENVIRONMENT_FD),
            ),
            setsid=True,  # it lives on when the server ends
            setsigdef=(signal.SIGPIPE,),
        )
    except OSError as error:
        raise PortError(f"could not start {launch.key.service}: {error}.") from error
    finally:
        os.close(status)
        os.close(log)
        os.close(told)
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


def _options(environment: Mapping[str, str]) -> bytes:
    """bubblewrap's options that give the service its environment. Errors: PortError for what is no variable."""
    options = ["--clearenv"]
    for name, value in environment.items():
        # a NUL would end the value, and what follows would be options of the sandbox
        if not name or "=" in name or "\0" in name + value:
            raise PortError(
                f"{name!r} cannot be a variable of a process; give it another name or value.", permanent=True
            )
        options += ["--setenv", name, value]
    return b"".join(os.fsencode(option) + b"\0" for option in options)


def _in_memory(content: bytes) -> int:
    """A file without a place on disk, at its beginning."""
    handle = os.memfd_create("environment")
    with os.fdopen(os.dup(handle), "wb") as file:
        file.write(content)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
