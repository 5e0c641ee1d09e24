"""Files that are whole or not there, whatever happens while they are written: the only way to write one in place."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600


def write_whole(file: Path, content: bytes, *, mode: int = OWNER_ONLY, durable: bool = False) -> None:
    """Replace the file or make it; with `durable` it is on the disk when this returns. Errors: OSError."""
    _write(file, content, mode, durable=durable, put_in_place=lambda draft: draft.replace(file))


def write_once(file: Path, content: bytes) -> None:
    """Make the file, durable and for the owner only; one that is there stays: who was first counts. Errors: OSError."""

    def put_in_place(draft: Path) -> None:
        with suppress(FileExistsError):
            file.hardlink_to(draft)

    _write(file, content, OWNER_ONLY, durable=True, put_in_place=put_in_place)


def open_beside(file: Path, mode: int = OWNER_ONLY) -> tuple[int, Path]:
    """A new, empty file that nobody can have prepared, less the umask; its descriptor and path. Errors: OSError."""
    draft = file.with_name(f".andon-{secrets.token_hex(8)}.part")  # of its own length: the file's name may be as long
    return os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode), draft


def make_private_folder(folder: Path) -> None:
    """The folder and those above it, for the owner only; mkdir's own `parents` leaves those open. Errors: OSError."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Names in the folder are on the disk when this returns. Errors: OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(file: Path, content: bytes, mode: int, *, durable: bool, put_in_place: Callable[[Path], object]) -> None:
    handle, draft = open_beside(file)
    try:
        with os.fdopen(handle, "wb") as out:
            os.fchmod(handle, mode)
            out.write(content)
            out.flush()
            if durable:
                os.fsync(handle)
        put_in_place(draft)
    finally:
        draft.unlink(missing_ok=True)
    if durable:
        sync_folder(file.parent)
