"""Files that a report is kept in: written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO, TypeVar

from andon.kernel.errors import Invalid, PortError, Problem

T = TypeVar("T")


def require_writable(paths: Iterable[Path]) -> None:
    """So that nobody waits for a report that cannot be kept. Errors: Invalid, with every path that will not do."""
    problems = [
        Problem(where=str(path), message=reason, remedy="Name another file.") for path in paths if (reason := _no(path))
    ]
    if problems:
        raise Invalid(*problems)


def keep(path: Path, write: Callable[[TextIO], T]) -> T:
    """What `write` gives back, when all is on the disk. Errors: PortError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        try:
            with beside.open("w", encoding="utf-8", errors="replace", newline="") as out:
                told = write(out)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise PortError(f"{path} could not be written: {error.strerror or error}.", permanent=True) from None
    return told


def _no(path: Path) -> str:
    if path.is_dir():
        return "is a folder."
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}."
    return "" if os.access(path.parent, os.W_OK) else f"nothing may be written in {path.parent}."
