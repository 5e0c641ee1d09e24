"""A folder's entries as one uncompressed tar layer whose bytes depend on names, contents, executable bits and one time.

The time is the commit's: the same for every file, so that the layer can be made again, and another for each commit, so
that browsers do not keep an older file (they ask by its time).

Uncompressed, so that an artifact's identity does not depend on which zlib or zstd packed it: decision 0011.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from andon.kernel.errors import PortError
from andon.standards.oci import ContentDigest, hasher
from andon.tools.artifacts.adapters.packer_oci.tree import ImageEntry

#: bytes read and given at a time
CHUNK_BYTES = 1024 * 1024
#: a tar archive is made of blocks, and ends with two empty ones in a record of twenty
BLOCK_BYTES = 512
RECORD_BYTES = 20 * BLOCK_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer that can be written, and written again."""

    #: what is packed
    folder: Path
    entries: tuple[ImageEntry, ...]
    #: folder in the image that it becomes, without the first slash
    root: str
    #: seconds since 1970: when each of them was changed
    changed_at: int
    digest: ContentDigest
    size: int

    def chunks(self) -> Iterator[bytes]:
        """Its bytes. Errors: PortError when a file has changed since."""
        return _gathered(_pieces(self.folder, self.entries, self.root, self.changed_at))


def make_layer(folder: Path, entries: tuple[ImageEntry, ...], root: str, changed_at: int) -> Layer:
    """The layer of these entries; reads every file once. Errors: PortError when a file changes meanwhile."""
    computed = hasher("sha256")
    size = 0
    for piece in _gathered(_pieces(folder, entries, root, changed_at)):
        computed.update(piece)
        size += len(piece)
    digest = ContentDigest(f"sha256:{computed.hexdigest()}")
    return Layer(folder=folder, entries=entries, root=root, changed_at=changed_at, digest=digest, size=size)


def _pieces(folder: Path, entries: tuple[ImageEntry, ...], root: str, changed_at: int) -> Iterator[bytes]:
    written = 0
    for entry in entries:
        header = _header(entry, root, changed_at)
        written += len(header)
        yield header
        if entry.kind == "file":
            file = folder / entry.path if folder.is_dir() else folder
            yield from _content(file, entry)
            padding = -entry.size % BLOCK_BYTES
            yield bytes(padding)
            written += entry.size + padding
    yield bytes(2 * BLOCK_BYTES + -(written + 2 * BLOCK_BYTES) % RECORD_BYTES)


def _header(entry: ImageEntry, root: str, changed_at: int) -> bytes:
    info = tarfile.TarInfo(str(PurePosixPath(root, entry.path)))
    info.type = {"folder": tarfile.DIRTYPE, "file": tarfile.REGTYPE, "link": tarfile.SYMTYPE}[entry.kind]
    info.mode = {"folder": 0o755, "file": 0o755 if entry.is_executable else 0o644, "link": 0o777}[entry.kind]
    info.size = entry.size
    info.linkname = entry.target
    info.mtime = changed_at
    # owner 0 and no names are what a new TarInfo has
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def _content(file: Path, entry: ImageEntry) -> Iterator[bytes]:
    left = entry.size
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise PortError(f"{entry.path} cannot be read: {error}.", permanent=True) from error
    with os.fdopen(handle, "rb", buffering=0) as opened:
        while left > 0 and (chunk := opened.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
        if left or opened.read(1):
            raise PortError(f"{entry.path} changed while it was packed; something still writes to it.", permanent=True)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth a call."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
