"""A process that outlives the server, and the files in its folder by which the next server knows it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.process.ending import ended, send
from andon.machine.process.finding import descendants, first_marked, marked
from andon.machine.process.launch import ProcessLaunch, launch
from andon.machine.process.record import (
    NO_PROCESS,
    ProcessRecord,
    read_record,
    record_of,
    write_record,
)
from andon.machine.process.status import Status, read_status

#: for the kernel to take the last processes of a killed sandbox away
_LAST_WAIT = timedelta(seconds=10)
_FIRST_PAUSE = timedelta(milliseconds=2)
_LONGEST_PAUSE = timedelta(milliseconds=100)

#: which of a sandbox's processes are asked to end, given its first one
Asked = Callable[[int], Iterable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detached:
    """One process of its own session: bubblewrap with a sandbox, or a program without one."""

    #: where its record and its status are kept
    folder: Path
    #: "NAME=value", in the environment of the first process and of no other's
    mark: str
    status_name: str = "status"

    @property
    def status_path(self) -> Path:
        return self.folder / self.status_name

    @property
    def record_path(self) -> Path:
        return self.folder / "process"

    def status(self) -> Status:
        """What is known of the sandbox and its end."""
        return read_status(self.status_path)

    def start(self, what: ProcessLaunch) -> ProcessRecord:
        """Start it and keep its record. Errors: OSError."""
        self.status_path.unlink(missing_ok=True)
        record = launch(what)
        write_record(self.record_path, record)
        return record

    def known(self) -> ProcessRecord | None:
        """The process that was started here; found by its mark when the server died before it wrote the record."""
        return read_record(self.record_path) or self._adopted()

    def living(self) -> ProcessRecord | None:
        """The process, unless it has ended or its sandbox has."""
        known, status = self.known(), self.status()
        has_ended = known is None or not known.is_alive() or (status.sandbox_pid and not status.is_alive())
        return None if has_ended else known

    def _adopted(self) -> ProcessRecord | None:
        if not self.status_path.exists():
            return None
        # nothing is written to the status between the start and the end
        began = datetime.fromtimestamp(self.status_path.stat().st_mtime, UTC)
        pid = first_marked(self.mark) or NO_PROCESS
        if pid == NO_PROCESS and self.status().exit_code is None:
            return None
        record = record_of(pid, began)
        write_record(self.record_path, record)
        return record

    def forget(self) -> None:
        """Drop the record and the status."""
        self.record_path.unlink(missing_ok=True)
        self.status_path.unlink(missing_ok=True)

    async def end(self, record: ProcessRecord, grace: timedelta, asked: Asked = descendants) -> None:
        """Ask its processes to end; after the grace kill all of them. Errors: PortError."""
        # bubblewrap itself is not asked: it would end at once, and everything with it
        if grace:
            send([*asked(self.status().sandbox_pid or record.pid)], signal.SIGTERM)
        if not grace or not await ended(record, grace):
            self._kill(record)
            if not await ended(record, _LAST_WAIT):
                raise PortError(
                    f"Process {record.pid} did not end after it was killed. See: ps -o stat,wchan {record.pid}"
                )
        await self.sweep()

    def _kill(self, record: ProcessRecord) -> None:
        """With a sandbox's first process all of it ends, and bubblewrap after it.

        While there is none yet, bubblewrap is stopped before its children are listed, so that none is made in between.
        """
        status = self.status()
        if status.is_alive():
            send([status.sandbox_pid], signal.SIGKILL)
        elif record.is_alive():
            send([record.pid], signal.SIGSTOP)
            send([*descendants(record.pid), record.pid], signal.SIGKILL)

    async def sweep(self) -> None:
        """Whatever it left running ends. Killing a sandbox's first process makes the kernel end all of the sandbox."""
        status = self.status()
        if not status.sandbox_pid:
            send([*await asyncio.to_thread(lambda: [*marked(self.mark)])], signal.SIGKILL)
        elif status.is_alive():
            send([status.sandbox_pid], signal.SIGKILL)
            await _gone(status)


async def _gone(status: Status) -> None:
    """Wait until the kernel has taken the sandbox's processes away; moments."""
    waited = timedelta(0)
    pause = _FIRST_PAUSE
    while status.is_alive() and waited < _LAST_WAIT:
        await asyncio.sleep(pause.total_seconds())
        waited += pause
        pause = min(2 * pause, _LONGEST_PAUSE)
