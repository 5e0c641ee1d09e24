"""What an instance writes: one file of bounded size, and the one before it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 10 * 1024 * 1024
_TAIL_BYTES = 64 * 1024


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor that always writes at the end, so that the file can be cut under its writer."""
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def begin(path: Path) -> None:
    """What an earlier instance wrote is the file before, so that nobody takes it for the words of the next one."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}.1"))


def cut(path: Path, most_bytes: int = MOST_BYTES) -> bool:
    """Move the end of a file that grew too long to the file before it, and begin again."""
    try:
        size = path.stat().st_size
    except OSError:
        return False
    if size <= most_bytes:
        return False
    with path.open("rb") as log:
        log.seek(size - most_bytes)
        path.with_name(f"{path.name}.1").write_bytes(log.read(most_bytes))
    os.truncate(path, 0)
    return True


def last_lines(path: Path, count: int) -> tuple[str, ...]:
    """The end of what was written."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            text = log.read(_TAIL_BYTES).decode(errors="replace")
    except OSError:
        return ()
    return tuple(line[:500] for line in text.splitlines() if line.strip())[-count:]
