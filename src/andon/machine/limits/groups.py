"""Files of a cgroup tree: written with a reason when that fails, read as the counters they hold; ended and removed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from andon.kernel.errors import PortError

_EMPTY_WITHIN_S = 10.0
_PAUSE_S = 0.01


def write(file: Path, value: str) -> None:
    """Set one value. Errors: PortError."""
    try:
        file.write_text(value)
    except OSError as error:
        raise PortError(f"the limit {file.name} could not be set to {value}: {error.strerror}.") from error


def counter(file: Path, name: str) -> int:
    """A counter of a file such as memory.events; 0 when it has none."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0
    return next((int(value) for key, _, value in (line.partition(" ") for line in lines) if key == name), 0)


def processes(group: Path) -> tuple[int, ...]:
    """Who is in the group."""
    try:
        return tuple(int(pid) for pid in (group / "cgroup.procs").read_text().split())
    except OSError:
        return ()


def remove(group: Path) -> None:
    """End everything in the group and remove it. Errors: PortError when it does not end."""
    deadline = time.monotonic() + _EMPTY_WITHIN_S
    while group.is_dir():
        _kill(group)
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise PortError(f"{group.name} could not be removed: {error.strerror}.") from error
            time.sleep(_PAUSE_S)


def _kill(group: Path) -> None:
    if (group / "cgroup.kill").exists():
        (group / "cgroup.kill").write_text("1")
        return
    for pid in processes(group):
        if pid > 1:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
