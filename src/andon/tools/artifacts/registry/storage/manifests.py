"""Manifests, their tags and what refers to what; they lie in the index itself, so that all of it is one write."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import cast

from andon.kernel.errors import AndonError
from andon.standards.oci import Descriptor, algorithm_of, digest_of
from andon.tools.artifacts.registry.storage.content import Corrupt
from andon.tools.artifacts.registry.storage.database import Database

KEEP = """
INSERT INTO manifest (name, digest, media_type, content, subject, artifact_type, annotations)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (name, digest) DO UPDATE SET media_type = excluded.media_type, content = excluded.content
"""
TAG = """
INSERT INTO tag (name, tag, digest) VALUES (?, ?, ?) ON CONFLICT (name, tag) DO UPDATE SET digest = excluded.digest
"""
DIGEST_OF = "SELECT digest FROM tag WHERE name = ? AND tag = ?"
FIND = "SELECT media_type, content FROM manifest WHERE name = ? AND digest = ?"
IS_KEPT = "SELECT 1 FROM manifest WHERE name = ? AND digest = ?"
FORGET = "DELETE FROM manifest WHERE name = ? AND digest = ?"
FORGET_TAGS_OF = "DELETE FROM tag WHERE name = ? AND digest = ?"
FORGET_TAG = "DELETE FROM tag WHERE name = ? AND tag = ?"
KNOWS_NAME = "SELECT 1 FROM manifest WHERE name = ? UNION ALL SELECT 1 FROM link WHERE name = ? LIMIT 1"
TAGS_AFTER = "SELECT tag FROM tag WHERE name = ? AND tag > ? ORDER BY tag LIMIT ?"
REFERRERS = """
SELECT media_type, digest, length(content), artifact_type, annotations FROM manifest
WHERE name = ? AND subject = ? ORDER BY digest
"""


class TagIsTaken(AndonError):
    """The tag already names another digest."""

    def __init__(self, tag: str, digest: str) -> None:
        super().__init__(f"The tag {tag} already names {digest}.")
        self.tag = tag
        self.digest = digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A manifest as it is kept."""

    name: str
    digest: str
    media_type: str
    content: bytes
    #: digest of what it refers to; None when nothing
    subject: str | None = None
    artifact_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()


class Manifests:
    """The manifests of each name. Calls block on the disk: make them from a thread."""

    def __init__(self, database: Database, *, tags_may_move: bool) -> None:
        self._database = database
        self._tags_may_move = tags_may_move

    def keep(self, manifest: Kept, tags: tuple[str, ...]) -> None:
        """Keep a manifest and point tags at it. Errors: TagIsTaken, and then nothing was kept."""
        annotations = json.dumps(dict(manifest.annotations))
        with self._database.transaction() as connection:
            for tag in tags:
                self._check_tag(connection, manifest, tag)
            values = (manifest.name, manifest.digest, manifest.media_type, manifest.content)
            connection.execute(KEEP, (*values, manifest.subject, manifest.artifact_type, annotations))
            connection.executemany(TAG, [(manifest.name, tag, manifest.digest) for tag in tags])

    def _check_tag(self, connection: sqlite3.Connection, manifest: Kept, tag: str) -> None:
        row = connection.execute(DIGEST_OF, (manifest.name, tag)).fetchone()
        if row is not None and row[0] != manifest.digest and not self._tags_may_move:
            raise TagIsTaken(tag, row[0])

    def tagged(self, name: str, tag: str) -> str | None:
        """The digest a tag names."""
        rows = self._database.rows(DIGEST_OF, name, tag)
        return str(rows[0][0]) if rows else None

    def has(self, name: str, digest: str) -> bool:
        """Is this manifest kept under the name?"""
        return self._database.has(IS_KEPT, name, digest)

    def find(self, name: str, digest: str) -> Kept | None:
        """The manifest, its digest verified. Errors: Corrupt."""
        rows = self._database.rows(FIND, name, digest)
        if not rows:
            return None
        media_type, content = cast(tuple[str, bytes], rows[0])
        if digest_of(content, algorithm_of(digest)) != digest:
            raise Corrupt(f"The stored bytes of {digest} no longer have this digest.")
        return Kept(name=name, digest=digest, media_type=media_type, content=content)

    def forget(self, name: str, digest: str) -> bool:
        """Delete a manifest with its tags; was it there?"""
        with self._database.transaction() as connection:
            connection.execute(FORGET_TAGS_OF, (name, digest))
            return connection.execute(FORGET, (name, digest)).rowcount > 0

    def forget_tag(self, name: str, tag: str) -> bool:
        """Delete a tag; was it there?"""
        return self._database.change(FORGET_TAG, name, tag) > 0

    def knows(self, name: str) -> bool:
        """Has anything been pushed under this name?"""
        return self._database.has(KNOWS_NAME, name, name)

    def tags(self, name: str, after: str, limit: int) -> tuple[str, ...]:
        """Tags in order, those after `after`, at most `limit` (-1: all)."""
        return tuple(str(tag) for (tag,) in self._database.rows(TAGS_AFTER, name, after, limit))

    def referrers(self, name: str, subject: str) -> tuple[Descriptor, ...]:
        """The manifests that refer to this digest, whether or not it is kept itself."""
        rows = cast(list[tuple[str, str, int, str, str]], self._database.rows(REFERRERS, name, subject))
        return tuple(
            Descriptor(
                media_type=media_type,
                digest=digest,
                size=size,
                artifact_type=artifact_type,
                annotations=tuple(json.loads(annotations).items()),
            )
            for media_type, digest, size, artifact_type, annotations in rows
        )
