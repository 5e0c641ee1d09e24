"""Files that a command writes: whole or not at all, in the place that a link names, as open as they were before."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from andon.kernel.errors import PortError
from andon.machine.files import OWNER_ONLY, open_beside

_NEW = 0o666  #: less what the person's umask takes away
_PERMISSIONS = 0o777  #: without setuid and its like: new contents are somebody else's program


@contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """Where to write: a file beside, which takes the other's place when all is well and is gone when it is not.

    A pipe or a terminal is no file to put another one in the place of: what is written goes into it at once, so that
    `--csv >(gzip …)` and `--csv /dev/null` are what they look like. A disk is refused: nobody means that.
    Errors: PortError.
    """
    with _writing(file):
        before = _status(file)
        straight = before is not None and _is_stream(file, before.st_mode)
        draft = file if straight else _draft(Path(os.path.realpath(file)), before)
    if straight:
        yield draft
        return
    try:
        yield draft
        with _writing(file):
            draft.replace(os.path.realpath(file))
    finally:
        draft.unlink(missing_ok=True)


def why_not(file: Path) -> str:
    """Why nothing can be written there, as the rest of a sentence; "" when something can."""
    if file.is_dir():
        return "is a folder."
    if file.exists() and not os.access(file, os.W_OK):
        return "may not be written."
    if file.exists() and not file.is_file():
        return ""
    folder = Path(os.path.realpath(file)).parent
    if not folder.is_dir():
        return f"there is no folder {folder}."
    return "" if os.access(folder, os.W_OK) else f"nothing may be written in {folder}."


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except FileNotFoundError:
        return None


def _is_stream(file: Path, mode: int) -> bool:
    """Errors: PortError for what can be neither replaced nor written into."""
    if stat.S_ISREG(mode):
        return False
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return True
    raise PortError(f"{file} is neither a file nor a pipe. Name another file.", permanent=True)


def _draft(file: Path, before: os.stat_result | None) -> Path:
    """A new, empty file with the owner and the permissions of the one before."""
    handle, draft = open_beside(file, _NEW if before is None else OWNER_ONLY)
    try:
        if before is not None:
            _as_before(handle, before)
    finally:
        os.close(handle)
    return draft


def _as_before(handle: int, before: os.stat_result) -> None:
    mode = before.st_mode & _PERMISSIONS
    with suppress(PermissionError):  # only an administrator may give files away: else it becomes the writer's own
        os.fchown(handle, before.st_uid, -1)
    try:
        os.fchown(handle, -1, before.st_gid)
    except PermissionError:
        mode &= ~0o070  # what its group was allowed is not for another one
    os.fchmod(handle, mode)


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PortError(f"{file} could not be written: {error.strerror or error}.", permanent=True) from error
