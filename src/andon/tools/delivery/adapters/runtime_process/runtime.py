"""The runtime `process`: starts, finds, watches and ends instances, and keeps nothing in memory that matters."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path

from andon.tools.delivery.adapters.runtime_process import log_file, process, record
from andon.tools.delivery.adapters.runtime_process.record import Record
from andon.tools.delivery.adapters.runtime_process.sandbox import Sandbox
from andon.tools.delivery.adapters.runtime_process.spawn import free_port, spawn
from andon.tools.delivery.ports import Instance, Launch, Listener, SlotKey

SANDBOX_WITHIN_S = 10.0  #: bubblewrap says the number of the first process
CODE_WITHIN_S = 2.0  #: the exit code is written shortly after the end
LOG_CHECK_S = 5.0


class ProcessRuntime:
    """Runs instances as processes; see ports.Runtime."""

    def __init__(self, services: Path, sandbox: Sandbox) -> None:
        self._services = services
        self._sandbox = sandbox
        #: of this server's own children, so that their ends are collected
        self._children: dict[str, process.Child] = {}

    async def start(self, launch: Launch) -> Instance:
        folder = record.folder_of(self._services, launch.key)
        known = record.read(folder)
        if known and known.promotion == launch.key.promotion and await self._first(folder, known):
            return _instance(launch.key, known)
        if known:
            await self._end(folder, known, timedelta(0))
        before = known if known and known.promotion == launch.key.promotion else None
        fresh = Record(
            promotion=launch.key.promotion,
            port=launch.port or (before.port if before else free_port(self._services)),
            starts=max(launch.starts, before.starts if before else 0) + 1,
            mark=secrets.token_hex(16),
        )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if before is None:
            log_file.begin(folder / record.LOG)
        record.drop(folder)
        record.write(folder, fresh)
        self._children[fresh.mark] = spawn(self._sandbox, folder, launch, fresh)
        return _instance(launch.key, fresh)

    async def adopt(self, key: SlotKey) -> Instance | None:
        folder = record.folder_of(self._services, key)
        known = record.read(folder)
        if known is None or known.promotion != key.promotion:
            return None
        return _instance(key, known) if await self._first(folder, known) else None

    async def ended(self, instance: Instance) -> str:
        folder = record.folder_of(self._services, instance.key)
        known = record.read(folder)
        first = await self._first(folder, known) if known else None
        if known and first:
            with process.holding(first, known.mark) as handle:
                while handle is not None and not await process.gone(handle, LOG_CHECK_S):
                    await asyncio.to_thread(log_file.cut, folder / record.LOG)
        code = await self._code(folder, known)
        return "it ended; its exit code is not known" if code is None else _ending(code)

    async def listeners(self, instance: Instance) -> tuple[Listener, ...]:
        folder = record.folder_of(self._services, instance.key)
        known = record.read(folder)
        first = await self._first(folder, known) if known else None
        return await asyncio.to_thread(process.listeners, first) if first else ()

    async def last_lines(self, key: SlotKey, count: int) -> tuple[str, ...]:
        return await asyncio.to_thread(log_file.last_lines, record.folder_of(self._services, key) / record.LOG, count)

    async def stop(self, key: SlotKey, timeout: timedelta) -> None:  # noqa: ASYNC109  (see ports.Runtime)
        folder = record.folder_of(self._services, key)
        known = record.read(folder)
        if known and known.promotion == key.promotion:
            await self._end(folder, known, timeout)
            record.drop(folder)

    async def known(self) -> tuple[SlotKey, ...]:
        return await asyncio.to_thread(record.recorded, self._services)

    async def _first(self, folder: Path, known: Record) -> int | None:
        """The living first process of the sandbox; waits for one that is being made."""
        deadline = asyncio.get_running_loop().time() + SANDBOX_WITHIN_S
        while True:
            number = record.first_process(folder)
            if number is not None:
                return number if process.is_marked(number, known.mark) else None
            if not self._is_coming(known) or asyncio.get_running_loop().time() > deadline:
                return None
            await asyncio.sleep(0.005)

    def _is_coming(self, known: Record) -> bool:
        """Has bubblewrap been started, although it has said nothing yet?"""
        child = self._children.get(known.mark)
        return child.poll() is None if child else bool(process.find_marked(known.mark))

    async def _end(self, folder: Path, known: Record, timeout: timedelta) -> None:  # noqa: ASYNC109  (see stop)
        first = await self._first(folder, known)
        if first is not None:
            with process.holding(first, known.mark) as handle:
                if handle is not None:
                    await process.end(first, handle, timeout.total_seconds())
        await process.end_rest(known.mark)
        child = self._children.pop(known.mark, None)
        if child:
            child.poll()

    async def _code(self, folder: Path, known: Record | None) -> int | None:
        """The exit code, which bubblewrap writes after the end; collects the child when it was ours."""
        child = self._children.get(known.mark) if known else None
        deadline = asyncio.get_running_loop().time() + CODE_WITHIN_S
        while asyncio.get_running_loop().time() < deadline:
            code = record.exit_code(folder)
            ended = child is None or child.poll() is not None
            if ended and (code is not None or child is not None or record.first_process(folder) is None):
                break
            await asyncio.sleep(0.005)
        if known and child and child.poll() is not None:
            self._children.pop(known.mark, None)
        code = record.exit_code(folder)
        return child.code if code is None and child else code


def _instance(key: SlotKey, known: Record) -> Instance:
    return Instance(key=key, port=known.port, starts=known.starts)


def _ending(code: int) -> str:
    if code > 128:
        return f"it was ended by signal {code - 128}"
    return f"it ended with exit code {code}"
