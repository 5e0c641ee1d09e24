"""The registry's index: which name has which blobs, manifests and tags. SQLite, durable when a call returns."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from andon.kernel.errors import PortError

SCHEMA = """
CREATE TABLE IF NOT EXISTS link (
    name TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (name, digest)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS manifest (
    name TEXT NOT NULL, digest TEXT NOT NULL, media_type TEXT NOT NULL, content BLOB NOT NULL,
    subject TEXT, artifact_type TEXT NOT NULL, annotations TEXT NOT NULL, PRIMARY KEY (name, digest)
);
CREATE INDEX IF NOT EXISTS manifest_by_subject ON manifest (name, subject) WHERE subject IS NOT NULL;
CREATE TABLE IF NOT EXISTS tag (
    name TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (name, tag)
) WITHOUT ROWID;
"""

Row = tuple[object, ...]


class Database:
    """The index file. Calls block on the disk: make them from a thread. Errors: PortError when it cannot be opened."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._connection = _open(file)
        except sqlite3.DatabaseError as error:
            raise PortError(
                f"the registry's index {file} cannot be opened: {error}. See to the disk and the file's owner; "
                "a damaged file comes back from a backup.",
                permanent=True,
            ) from error

    def rows(self, sql: str, *values: object) -> list[Row]:
        """What a question finds."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def has(self, sql: str, *values: object) -> bool:
        """Does a question find anything?"""
        return bool(self.rows(sql, *values))

    def change(self, sql: str, *values: object) -> int:
        """Change the index; how many rows were changed."""
        with self.transaction() as connection:
            return connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Changes that happen together or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:  # whatever ended it, a half transaction must not stay open
                self._connection.execute("ROLLBACK")
                raise
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                # a full disk shows here, and SQLite may have rolled back by itself
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # a tag that was answered with 201 must be there after a power cut
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
