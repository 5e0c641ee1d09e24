"""The registry's bytes: one file a digest, written whole or not at all, verified whenever it is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import structlog

from andon.kernel.errors import AndonError
from andon.machine.files import sync_folder
from andon.standards.oci import algorithm_of, hasher, hex_of

#: bytes read, written and hashed at a time
CHUNK_BYTES = 1024 * 1024

log = structlog.get_logger(__name__)


class Corrupt(AndonError):
    """The stored bytes no longer have their digest."""


class Content:
    """The files under blobs/. Calls block on the disk: make them from a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root / "blobs"
        self._aside = root / "corrupt"
        for folder in (self._root, self._aside):
            folder.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where the bytes of this digest lie: in folders by the first two digits, so that none grows too long."""
        return self._root / algorithm_of(digest) / hex_of(digest)[:2] / hex_of(digest)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every digest that is kept, and its file."""
        for path in self._root.glob("*/*/*"):
            yield f"{path.parent.parent.name}:{path.name}", path

    def size(self, digest: str) -> int | None:
        """How many bytes it has, or None when it is not here."""
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def keep(self, written: Path, digest: str) -> None:
        """Take a written and synced file in under its digest; durable when this returns."""
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        # replaces older bytes of the same digest: the new ones are verified, the old ones may have rotted
        written.replace(path)
        for folder in (path.parent, path.parent.parent, self._root):
            sync_folder(folder)

    def verify(self, digest: str) -> None:
        """Read it all. Errors: Corrupt when it no longer has its digest; FileNotFoundError."""
        for _ in self.chunks(digest):
            pass

    def chunks(self, digest: str) -> Iterator[bytes]:
        """Its bytes. The last chunk is given only when all of them have the digest.

        Errors: Corrupt, instead of the last chunk; FileNotFoundError, at once.
        """
        computed = hasher(algorithm_of(digest))
        held = b""
        with self.path(digest).open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK_BYTES):
                if held:
                    yield held
                computed.update(chunk)
                held = chunk
        if computed.hexdigest() != hex_of(digest):
            self._set_aside(digest)
            raise Corrupt(f"The stored bytes of {digest} no longer have this digest.")
        yield held

    def part(self, digest: str, first: int, last: int) -> Iterator[bytes]:
        """The bytes from `first` to `last`, both included; verify the whole before."""
        left = last - first + 1
        with self.path(digest).open("rb", buffering=0) as file:
            file.seek(first)
            while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
                left -= len(chunk)
                yield chunk

    def _set_aside(self, digest: str) -> None:
        """Out of the way, so that the same content can be pushed again; kept, so that a person can look at it."""
        aside = self._aside / hex_of(digest)
        self.path(digest).replace(aside)
        log.error("stored content is corrupt and was set aside", digest=digest, file=str(aside))
