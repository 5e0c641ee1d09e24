"""A folder as the packer sees it: sorted, without times and owners, nothing but files, folders and symbolic links."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from andon.kernel.errors import Invalid, Problem
from andon.kernel.sizes import print_size

Kind = Literal["folder", "file", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLimits:
    """How much one artifact may hold."""

    files: int = 200_000
    file_bytes: int = 4 * 1024**3
    total_bytes: int = 8 * 1024**3
    #: of holes in sparse files, which a layer would fill, unless a tenth of all is written
    hole_bytes: int = 256 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageEntry:
    """One thing in the folder."""

    #: below the folder, with slashes; "" is the folder itself
    path: str
    kind: Kind
    is_executable: bool = False
    size: int = 0
    #: what its blocks occupy on disk: less than its size when it has holes
    occupied: int = 0
    #: where a symbolic link points; kept as it is, also when that is outside of the artifact
    target: str = ""


def scan(folder: Path, limits: TreeLimits) -> tuple[ImageEntry, ...]:
    """Everything in a folder, by path; a single file is a folder with it. Errors: Invalid, every problem at once."""
    problems: list[Problem] = []
    entries: list[ImageEntry] = []
    if not folder.is_dir():
        found = _entry(folder, folder.name, problems)
        entries = [ImageEntry(path="", kind="folder"), *([found] if found else [])]
    else:
        entries = sorted(_walk(folder, "", problems), key=lambda entry: entry.path.split("/"))
    problems += _too_much(entries, limits)
    if problems:
        raise Invalid(*problems[:50])
    return tuple(entries)


def _walk(folder: Path, below: str, problems: list[Problem]) -> Iterator[ImageEntry]:
    yield ImageEntry(path=below, kind="folder")
    with os.scandir(folder / below) as found:
        names = sorted(each.name for each in found)
    for name in names:
        path = f"{below}/{name}" if below else name
        entry = _entry(folder / path, path, problems)
        if entry is not None and entry.kind == "folder":
            yield from _walk(folder, path, problems)
        elif entry is not None:
            yield entry


def _entry(file: Path, path: str, problems: list[Problem]) -> ImageEntry | None:
    """One thing, or None and a problem."""
    try:
        path.encode()
    except UnicodeEncodeError:
        problems.append(Problem(where=ascii(path), message="The name is not UTF-8; name the file otherwise."))
        return None
    try:
        status = file.lstat()
        target = str(file.readlink()) if stat.S_ISLNK(status.st_mode) else ""
        target.encode()
    except (OSError, UnicodeEncodeError) as error:
        problems.append(Problem(where=path, message=f"It cannot be read: {error}."))
        return None
    if stat.S_ISLNK(status.st_mode):
        return ImageEntry(path=path, kind="link", target=target)
    if stat.S_ISDIR(status.st_mode):
        return ImageEntry(path=path, kind="folder")
    if stat.S_ISREG(status.st_mode):
        return ImageEntry(
            path=path,
            kind="file",
            size=status.st_size,
            occupied=status.st_blocks * 512,
            is_executable=bool(status.st_mode & 0o111),
        )
    message = "It is a socket, pipe or device; an artifact holds files, folders and symbolic links. Leave it out."
    problems.append(Problem(where=path, message=message))
    return None


def _too_much(entries: list[ImageEntry], limits: TreeLimits) -> Iterator[Problem]:
    if len(entries) > limits.files:
        yield Problem(message=f"The artifact has {len(entries):,} files; it may have {limits.files:,}.")
    total, written = sum(entry.size for entry in entries), sum(entry.occupied for entry in entries)
    if total > limits.total_bytes:
        yield Problem(message=f"The artifact has {total:,} bytes; it may have {limits.total_bytes:,}.")
    if total - written > limits.hole_bytes and total > 10 * written:
        message = (
            f"The artifact's files are {print_size(total)} long, but only {print_size(written)} of them are written: "
            "the rest are holes, which a layer would fill."
        )
        yield Problem(message=message, remedy="Leave the sparse files out, or write them without holes.")
    for entry in entries:
        if entry.size > limits.file_bytes:
            message = f"The file has {entry.size:,} bytes; in an artifact it may have {limits.file_bytes:,}."
            yield Problem(where=entry.path, message=message)
