"""Disk as it is really occupied, and the part of it that stays free for the server."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import NoSpace
from andon.kernel.limits import Limits, exceeded
from andon.kernel.sizes import GIBIBYTE, print_size

_BLOCK_BYTES = 512  #: the unit of st_blocks, whatever the file system's is
_DEFAULT_RESERVE_BYTES = GIBIBYTE
_DEFAULT_RESERVE_SHARE = 0.05
_FEWEST_INODES = 1000
#: what a disk without room raises
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


#: how the links to open files begin that occupy memory
_IN_MEMORY = ("/memfd:", "/dev/shm/", "/dev/zero", "/SYSV")  # noqa: S108  (nothing is written there)
TOO_DEEP = "made folders that lie deeper than a path can be long (4,096 bytes), so that they cannot be counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """What some files and folders take: a file with several names once, of a sparse file what is written."""

    size_bytes: int
    files: int
    #: some folders lie deeper than a path can be long, and were not counted
    is_too_deep: bool = False

    def beyond(self, limits: Limits) -> str:
        """The limit that this exceeds, as a sentence; "" when none."""
        if self.is_too_deep:
            return TOO_DEEP
        if self.size_bytes > limits.disk:
            return exceeded("disk", limits)
        return exceeded("files", limits) if self.files > limits.files else ""


def occupied(places: Iterable[Path], most: Limits | None = None) -> Occupied:
    """All of it, links not followed; counting stops when more than `most` is found. What vanishes is not counted."""
    several_names: set[tuple[int, int]] = set()
    size, files, is_too_deep = 0, 0, False
    left = [str(place) for place in places]
    while left:
        path = left.pop()
        try:
            status = os.lstat(path)
        except OSError as error:
            is_too_deep = is_too_deep or error.errno == errno.ENAMETOOLONG
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
        left += _listed(path) if is_folder else ()
    return Occupied(size_bytes=size, files=files, is_too_deep=is_too_deep)


def nameless_bytes(processes: Iterable[int]) -> int:
    """What files occupy that processes have open and that have no name any more: on disks, not in memory."""
    found: dict[tuple[int, int], int] = {}
    for process in processes:
        for one in _listed(f"/proc/{process}/fd"):
            with suppress(OSError):  # it was closed, or the process ended
                status = os.stat(one)  # noqa: PTH116  (asked often, and paths are slow)
                is_file = (status.st_mode & 0o170000) == 0o100000
                if is_file and not status.st_nlink and not os.readlink(one).startswith(_IN_MEMORY):  # noqa: PTH115
                    found[status.st_dev, status.st_ino] = status.st_blocks * _BLOCK_BYTES
    return sum(found.values())


def _listed(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in os.listdir(folder)]  # noqa: PTH208  (no Path is needed for each)
    except OSError:
        return []  # unreadable or gone; the reserve stands behind this


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

    def is_eaten(self) -> bool:
        """Is half of what is reserved gone? Whoever does it, cannot be told by what is counted."""
        return self.free_bytes() < self.kept_bytes // 2

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
