"""Starting one instance: its port, its environment, its sandbox."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.limits.group import Group
from andon.machine.sandbox.sandboxes import Machine
from andon.machine.sandbox.spec import TEMPORARY, Bind, Mount, SandboxSpec, Scratch
from andon.tools.delivery.adapters.runtime_process import record
from andon.tools.delivery.adapters.runtime_process.record import MARK, Record
from andon.tools.delivery.model.launch import command_of
from andon.tools.delivery.ports import Launch, UnpackedImage

APP = "/app"
PORTS = range(20000, 30000)  #: below those that the kernel gives to outgoing connections
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an instance is to run."""

    machine: Machine
    #: of its slot
    folder: Path
    group: Group
    #: descriptor for what it prints
    log: int


def spawn(place: Place, launch: Launch, fresh: Record) -> None:
    """Start it. Errors: PortError."""
    machine = place.machine
    if not machine.bubblewrap.program:
        raise PortError(f"No service can be started: {machine.bubblewrap.reason}", permanent=True)
    process = record.process_of(place.folder, fresh)
    command = command_of(launch.command or launch.image.command, LOOPBACK, fresh.port)
    mark = {MARK: fresh.mark}
    spec = _sandbox(machine, launch, fresh)
    try:
        with machine.launch(spec, command, mark=mark, output=place.log, status=process.status_path) as prepared:
            process.start(place.group.limited(prepared))
    except OSError as error:
        raise PortError(f"could not start {launch.key.service}: {error}.") from error


def free_port(services: Path) -> int:
    """A port on loopback that nobody has, and that no other slot will come back to. Errors: PortError."""
    records = (record.read(record.folder_of(services, key)) for key in record.recorded(services))
    taken = {known.port for known in records if known}
    for _ in range(1000):
        port = secrets.choice(PORTS)
        if port not in taken and _is_free(port):
            return port
    raise PortError(f"no port between {PORTS.start} and {PORTS.stop} is free on this machine.")


def _sandbox(machine: Machine, launch: Launch, fresh: Record) -> SandboxSpec:
    """Its network is the machine's, for the router must reach it."""
    return SandboxSpec(
        root=launch.image.root if launch.image.has_base else None,
        mounts=_mounts(launch.image),
        owner=launch.image.root if launch.image.has_base else None,
        network="host",
        folder=APP,
        environment={
            "PATH": machine.shown.host.search_path,
            "HOME": TEMPORARY,
            "LANG": "C.UTF-8",
            **dict(launch.image.env),
            **launch.environment,
            "HOST": LOOPBACK,
            "PORT": str(fresh.port),
        },
    )


def _mounts(image: UnpackedImage) -> tuple[Mount, ...]:
    """Over the machine's own system its files are at /app; an image with a system has them there."""
    own_temporary = Scratch(target=TEMPORARY)
    return (own_temporary,) if image.has_base else (own_temporary, Bind(source=image.root / "app", target=APP))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
