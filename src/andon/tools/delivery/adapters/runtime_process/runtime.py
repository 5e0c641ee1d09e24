"""The runtime `process`: starts, finds, watches and ends instances, and keeps nothing in memory that matters."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import timedelta
from pathlib import Path

from andon.machine.limits.group import Group, Groups
from andon.machine.process.detached import Detached
from andon.machine.process.ending import ended
from andon.machine.process.finding import children
from andon.machine.process.launch import in_thread
from andon.machine.process.record import ProcessRecord
from andon.machine.sandbox.sandboxes import Sandboxes
from andon.tools.delivery.adapters.runtime_process import listening, record
from andon.tools.delivery.adapters.runtime_process.instance_logs import InstanceLogs
from andon.tools.delivery.adapters.runtime_process.record import Record
from andon.tools.delivery.adapters.runtime_process.spawn import Place, free_port, spawn
from andon.tools.delivery.ports import Instance, Launch, Listener, SlotKey

LOOK_EVERY = timedelta(seconds=1)  #: at its limits
#: what bwrap says when there is no program to start
_NO_PROGRAM = re.compile(r"(?<=^bwrap: execvp ).+: .+")


class ProcessRuntime:
    """Runs instances as processes; see ports.Runtime."""

    def __init__(self, services: Path, sandboxes: Sandboxes, logs: InstanceLogs, groups: Groups) -> None:
        self._services = services
        self._logs = logs
        self._sandboxes = sandboxes
        self._groups = groups

    async def start(self, launch: Launch) -> Instance:
        machine = await self._sandboxes.machine()
        folder = record.folder_of(self._services, launch.key)
        known = record.read(folder)
        if known and known.promotion == launch.key.promotion and _living(folder, known):
            return _instance(launch.key, known)
        if known:
            await self._end(launch.key, known, timedelta(0))
        before = known if known and known.promotion == launch.key.promotion else None
        fresh = Record(
            promotion=launch.key.promotion,
            port=launch.port or (before.port if before else free_port(self._services)),
            starts=max(launch.starts, before.starts if before else 0) + 1,
            mark=secrets.token_hex(16),
            limits=launch.limits,
        )
        group = await self._group(launch.key, fresh)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        record.drop(folder, fresh)
        record.write(folder, fresh)
        version = launch.environment.get("ANDON_VERSION", "")
        note = f"{version} was started, start {fresh.starts}".strip()

        def begin() -> None:
            with self._logs.opened(launch.key.promotion, note) as log:
                spawn(Place(machine=machine, folder=folder, group=group, log=log), launch, fresh)

        await in_thread(begin)
        return _instance(launch.key, fresh)

    async def adopt(self, key: SlotKey) -> Instance | None:
        folder, known = self._known(key)
        return _instance(key, known) if known and _living(folder, known) else None

    async def ended(self, instance: Instance) -> str:
        folder, known = self._known(instance.key)
        if known is None:
            return "it ended; its exit code is not known"
        group = await self._group(instance.key, known)
        process = record.process_of(folder, known).known()
        if process:
            while not await ended(process, LOOK_EVERY):
                if why := await asyncio.to_thread(group.exceeded, process.pid):
                    await self._end(instance.key, known, timedelta(0))
                    return f"it {why}"
        exceeded, denied = group.exceeded(process.pid if process else 0), group.denied()
        code = record.process_of(folder, known).status().exit_code
        said = _not_started(await self.last_lines(instance.key, 1)) if code is None else _ending(code)
        return f"it {exceeded}" if exceeded else f"{said}; it {denied}" if denied else said

    async def listeners(self, instance: Instance) -> tuple[Listener, ...]:
        folder, known = self._known(instance.key)
        living = _living(folder, known) if known else None
        return await asyncio.to_thread(listening.listeners, living.pid) if living else ()

    async def last_lines(self, key: SlotKey, count: int) -> tuple[str, ...]:
        folder, known = self._known(key)
        if not (known and _living(folder, known)):
            await self._logs.complete(key.promotion)
        return await self._logs.last_lines(key.promotion, count)

    async def stop(self, key: SlotKey, timeout: timedelta) -> None:  # noqa: ASYNC109  (see ports.Runtime)
        folder, known = self._known(key)
        if known:
            await self._end(key, known, timeout)
            record.drop(folder, known)

    async def known(self) -> tuple[SlotKey, ...]:
        return await asyncio.to_thread(record.recorded, self._services)

    async def _end(self, key: SlotKey, known: Record, timeout: timedelta) -> None:  # noqa: ASYNC109  (see ports.Runtime)
        """End all of it; what the service itself started is asked by the service."""
        detached: Detached = record.process_of(record.folder_of(self._services, key), known)
        process = detached.known()
        if process:
            await detached.end(process, timeout, asked=children)
        await asyncio.to_thread((await self._group(key, known)).remove)

    async def _group(self, key: SlotKey, known: Record) -> Group:
        return await self._groups.group(record.group_key(key), known.limits)

    def _known(self, key: SlotKey) -> tuple[Path, Record | None]:
        """The folder of the slot, and the record of this promotion's instance in it."""
        folder = record.folder_of(self._services, key)
        known = record.read(folder)
        return folder, known if known and known.promotion == key.promotion else None


def _living(folder: Path, known: Record) -> ProcessRecord | None:
    return record.process_of(folder, known).living()


def _instance(key: SlotKey, known: Record) -> Instance:
    return Instance(key=key, port=known.port, starts=known.starts)


def _not_started(last: tuple[str, ...]) -> str:
    """How what left no exit code ended: bwrap leaves none when it found no program to start."""
    program = _NO_PROGRAM.search(last[-1]) if last else None
    if program is None:
        return "it ended; its exit code is not known"
    return f"it could not be started: {program[0]}. Its `command` names a program of the artifact, or of its system"


def _ending(code: int) -> str:
    if code > 128:
        return f"it was ended by signal {code - 128}"
    if code == 0:
        return "it ended with exit code 0; a service stays in the foreground: many a server has an option for that"
    return f"it ended with exit code {code}"
