"""Which name has which blobs: bytes are kept once, and each name that has them says so."""

from __future__ import annotations

from andon.tools.artifacts.registry.storage.content import Content
from andon.tools.artifacts.registry.storage.database import Database

LINK = "INSERT OR IGNORE INTO link (name, digest) VALUES (?, ?)"
UNLINK = "DELETE FROM link WHERE name = ? AND digest = ?"
IS_LINKED = "SELECT 1 FROM link WHERE name = ? AND digest = ?"
NAMES_WITH = "SELECT name FROM link WHERE digest = ? ORDER BY name"


class Links:
    """The blobs of each name. Calls block on the disk: make them from a thread."""

    def __init__(self, database: Database, content: Content) -> None:
        self._database = database
        self._content = content

    def add(self, name: str, digest: str) -> None:
        """The name has this blob from now on."""
        self._database.change(LINK, name, digest)

    def remove(self, name: str, digest: str) -> bool:
        """The name has it no longer; was it there? The bytes stay for other names."""
        return self._database.change(UNLINK, name, digest) > 0

    def size(self, name: str, digest: str) -> int | None:
        """How many bytes this blob of the name has, or None when it has no such blob."""
        return self._content.size(digest) if self._database.has(IS_LINKED, name, digest) else None

    def names_with(self, digest: str) -> tuple[str, ...]:
        """Which names have the blob."""
        if self._content.size(digest) is None:
            return ()
        return tuple(str(name) for (name,) in self._database.rows(NAMES_WITH, digest))
