"""Blobs that no manifest refers to: of uploads that never became an artifact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from andon.kernel.errors import Invalid
from andon.standards.oci import parse_manifest
from andon.tools.artifacts.registry.storage.content import Content
from andon.tools.artifacts.registry.storage.database import Database

MANIFESTS = "SELECT content FROM manifest"
FORGET_LINKS = "DELETE FROM link WHERE digest = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreferenced:
    """One such blob."""

    digest: str
    size_bytes: int
    written_at: datetime


class UnreferencedBlobs:
    """Finds and deletes them. Calls block on the disk: make them from a thread."""

    def __init__(self, database: Database, content: Content) -> None:
        self._database = database
        self._content = content

    def found(self) -> tuple[Unreferenced, ...]:
        """All of them; a manifest that cannot be read holds everything."""
        try:
            referred = self._referred()
        except Invalid:
            return ()
        return tuple(_described(digest, path) for digest, path in self._content.files() if digest not in referred)

    def remove(self, digest: str) -> None:
        """Delete one, unless a manifest refers to it by now."""
        if digest in self._referred():
            return
        self._database.change(FORGET_LINKS, digest)
        self._content.path(digest).unlink(missing_ok=True)

    def _referred(self) -> frozenset[str]:
        """Errors: Invalid."""
        return frozenset(digest for (content,) in self._database.rows(MANIFESTS) for digest in _parts(content))


def _parts(content: object) -> Iterator[str]:
    manifest = parse_manifest(content if isinstance(content, bytes) else str(content).encode())
    config = (manifest.config,) if manifest.config else ()
    yield from (part.digest for part in (*config, *manifest.layers, *manifest.manifests))


def _described(digest: str, path: Path) -> Unreferenced:
    status = path.stat()
    return Unreferenced(
        digest=digest, size_bytes=status.st_blocks * 512, written_at=datetime.fromtimestamp(status.st_mtime, UTC)
    )
