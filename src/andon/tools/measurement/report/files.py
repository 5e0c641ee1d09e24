"""Files that a report is kept in: written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO, TypeVar

from andon.console.whole_file import whole_file, why_not
from andon.kernel.errors import Invalid, PortError, Problem

T = TypeVar("T")


def require_writable(paths: Iterable[Path]) -> None:
    """So that nobody waits for a report that cannot be kept. Errors: Invalid, with every path that will not do."""
    problems = [
        Problem(where=str(path), message=reason, remedy="Name another file.")
        for path in paths
        if (reason := why_not(path))
    ]
    if problems:
        raise Invalid(*problems)


def keep(path: Path, write: Callable[[TextIO], T]) -> T:
    """What `write` gives back, when all is written. Errors: PortError."""
    try:
        with whole_file(path) as draft, draft.open("w", encoding="utf-8", errors="replace", newline="") as out:
            return write(out)
    except OSError as error:
        raise PortError(f"{path} could not be written: {error.strerror or error}.", permanent=True) from None
