"""Disk as it is really occupied, and the part of it that stays free for the server."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import NoSpace
from andon.kernel.limits import Limits, made_more_files, wrote_more_bytes
from andon.kernel.sizes import GIBIBYTE, print_size

_BLOCK_BYTES = 512  #: the unit of st_blocks, whatever the file system's is
_DEFAULT_RESERVE_BYTES = GIBIBYTE
_DEFAULT_RESERVE_SHARE = 0.05
_FEWEST_INODES = 1000
#: what a disk without room raises
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """What some files and folders take: a file with several names once, of a sparse file what is written."""

    size_bytes: int
    files: int

    def beyond(self, limits: Limits) -> str:
        """The limit that this exceeds, as a sentence; "" when none."""
        if self.size_bytes > limits.disk:
            return wrote_more_bytes(limits)
        return made_more_files(limits) if self.files > limits.files else ""


def occupied(places: Iterable[Path], most: Limits | None = None) -> Occupied:
    """All of it, links not followed; counting stops when more than `most` is found. What vanishes is not counted."""
    several_names: set[tuple[int, int]] = set()
    size, files = 0, 0
    left = [str(place) for place in places]
    while left:
        path = left.pop()
        try:
            status = os.lstat(path)
        except OSError:
            continue
        identity = (status.st_dev, status.st_ino)
        is_folder = (status.st_mode & 0o170000) == 0o040000
        if identity in several_names:
            continue
        if status.st_nlink > 1 and not is_folder:
            several_names.add(identity)
        size += status.st_blocks * _BLOCK_BYTES
        files += 1
        if most is not None and (size > most.disk or files > most.files):
            break
        left += _below(path) if is_folder else ()
    return Occupied(size_bytes=size, files=files)


def _below(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in os.listdir(folder)]  # noqa: PTH208  (no Path is needed for each)
    except OSError:
        return []  # unreadable, gone, or nested too deeply for a path; the reserve stands behind this


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Disk that is kept free where the server's data is."""

    folder: Path
    #: 0 keeps 1 GiB free, or a twentieth of a small disk
    size_bytes: int = 0

    @property
    def kept_bytes(self) -> int:
        """How much is to stay free."""
        if self.size_bytes:
            return self.size_bytes
        disk = os.statvfs(self.folder)
        return min(_DEFAULT_RESERVE_BYTES, int(disk.f_blocks * disk.f_frsize * _DEFAULT_RESERVE_SHARE))

    def free_bytes(self) -> int:
        """What is free for ordinary users."""
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize

    def low(self) -> str:
        """Why nothing more may be written, as a sentence; "" while there is room."""
        disk = os.statvfs(self.folder)
        if disk.f_files and disk.f_favail < _FEWEST_INODES:
            return f"the disk of {self.folder} has room for only {disk.f_favail} more files."
        free, kept = disk.f_bavail * disk.f_frsize, self.kept_bytes
        if free >= kept:
            return ""
        return (
            f"the disk of {self.folder} is nearly full: {print_size(free)} are free, "
            f"and {print_size(kept)} are reserved for the server."
        )

    def check(self, size_bytes: int = 0) -> None:
        """Is there room for this much beside the reserve? Errors: NoSpace."""
        why = self.low()
        if not why and size_bytes and self.free_bytes() - size_bytes < self.kept_bytes:
            why = f"{print_size(size_bytes)} do not fit on the disk of {self.folder} beside the server's reserve."
        if why:
            raise NoSpace(f"{why[0].upper()}{why[1:]} {MAKE_ROOM}")


MAKE_ROOM = "Make room, or see what is kept and what can go:  andon storage"


def is_full(error: BaseException) -> bool:
    """Did this fail because the disk is full?"""
    return isinstance(error, OSError) and error.errno in _FULL
