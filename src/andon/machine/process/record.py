"""What identifies a process, also after a restart of the server, so that no other one is taken for it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

from andon.machine.files import write_whole

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
#: stands for a process that has ended
NO_PROCESS = 0


class ProcessRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A process that was started."""

    pid: int
    #: clock ticks since boot: another process that gets the same pid has others
    start_ticks: int
    boot_id: str
    started_at: datetime

    def is_alive(self) -> bool:
        """Whether this process has not ended; a zombie has, and waits to be reaped."""
        return self.exists() and _stat(self.pid)[0] not in {b"Z", b"X"}

    def exists(self) -> bool:
        """Whether this process lives or is a zombie."""
        return self.is_of_this_boot() and start_ticks(self.pid) == self.start_ticks

    def is_of_this_boot(self) -> bool:
        """Whether the machine has not been restarted since."""
        return self.boot_id == boot_id()


def record_of(pid: int, started_at: datetime) -> ProcessRecord:
    """The record of a process that exists, or has just ended."""
    return ProcessRecord(pid=pid, start_ticks=start_ticks(pid) or 0, boot_id=boot_id(), started_at=started_at)


@cache
def boot_id() -> str:
    """Changes with every start of the machine."""
    return _BOOT_ID.read_text().strip()


def start_ticks(pid: int) -> int | None:
    """When the process began, in ticks since boot; None when there is no such process."""
    stat = _stat(pid)
    return int(stat[19]) if len(stat) > 19 else None


def _stat(pid: int) -> list[bytes]:
    """Its figures as proc(5) numbers them, from the state, which is the first; a state of "X" when there are none."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return [b"X"]


def read_record(path: Path) -> ProcessRecord | None:
    """The record in a file; None when there is none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ProcessRecord)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_record(path: Path, record: ProcessRecord) -> None:
    """Keep the record, whole or not at all."""
    write_whole(path, msgspec.json.encode(record))
