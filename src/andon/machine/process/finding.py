"""Processes of this machine, found by their parent or by a mark in the environment that they were started with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def children(pid: int) -> tuple[int, ...]:
    """What the process started and what still lives."""
    try:
        return tuple(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return ()


def descendants(pid: int) -> Iterator[int]:
    """Its children and theirs, parents first."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def marked(marker: str) -> Iterator[int]:
    """Processes that were started with this "NAME=value" in their environment, and have not ended."""
    wanted = marker.encode()
    return (pid for pid, environ in _environments() if wanted in environ)


def first_marked(marker: str) -> int | None:
    """The one of them that started the others."""
    found = set(marked(marker))
    return next((pid for pid in sorted(found) if _parent(pid) not in found), None)


def marked_below(name: str, folder: Path) -> Iterator[Path]:
    """The folders two levels below this one that are named so in the environment of a living process."""
    for _, environ in _environments():
        for value in environ:
            if value.startswith(f"{name}={folder}/".encode()):
                path = Path(os.fsdecode(value.partition(b"=")[2]))
                if path.parent.parent == folder:
                    yield path


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return None


def _environments() -> Iterator[tuple[int, list[bytes]]]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            environ = (folder / "environ").read_bytes()
        except OSError:
            continue
        yield int(folder.name), environ.split(b"\0")
