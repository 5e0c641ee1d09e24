"""The tables, and the forward-only steps that lead an older file to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    text,
)

from andon.kernel.errors import Invalid

metadata = MetaData()

#: the history; positions are given by the writer, so that there are no gaps
entries = Table(
    "entries",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("id", Text, nullable=False, unique=True),
    Column("stream", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("cause", Text),
    Column("chain", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("stream", "sequence", name="entries_stream"),
)

#: how far each follower with consequences has come
cursors = Table(
    "cursors",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

#: facts about the file itself: schema -> version
meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

# The journey of one change: few rows of many. Not an Index of the table above: a condition for both databases would
# load both of their dialects, a twentieth of a server's start.
CHAIN_INDEX = "CREATE INDEX entries_chain ON entries (chain, position) WHERE chain <> ''"

# A mistake cannot change history; who means to can drop these, and is then found by the hashes.
APPEND_ONLY_SQLITE = (
    """
    CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
    """
    CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
)
APPEND_ONLY_POSTGRESQL = (
    """
    CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$
    """,
    """
    CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
    """,
)

# Moves a cursor, or sets it for the first time.
MOVE_CURSOR = text(
    "INSERT INTO cursors (name, position) VALUES (:name, :position)"
    " ON CONFLICT (name) DO UPDATE SET position = excluded.position"
)

# The version of the tables; one row once they exist.
SCHEMA_VERSION = text("SELECT value FROM meta WHERE name = 'schema'")
SET_SCHEMA_VERSION = text(
    "INSERT INTO meta (name, value) VALUES ('schema', :version) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaStep:
    """One change of the tables, from the version before to this one."""

    version: int
    #: one sentence
    why: str
    #: by the store's name: "sqlite", "postgresql"
    statements: Mapping[str, tuple[str, ...]]


#: in order; the tables themselves are version 1, and a step is never edited after a release
STEPS: tuple[SchemaStep, ...] = ()
CURRENT = 1 + len(STEPS)


def migrate(connection: Connection, steps: tuple[SchemaStep, ...] = STEPS) -> None:
    """Lead the tables to the current version, inside the caller's transaction.

    Errors: Invalid when a newer Andon wrote them.
    """
    newest = 1 + len(steps)
    version = _version(connection)
    if version > newest:
        raise Invalid(f"this ledger has schema {version} and this Andon knows {newest}: run a newer Andon.")
    if version == 0:
        _create(connection)
    for step in steps:
        if step.version > version:
            for statement in step.statements[connection.dialect.name]:
                connection.exec_driver_sql(statement)
    if version < newest:
        connection.execute(SET_SCHEMA_VERSION, {"version": str(newest)})


def _version(connection: Connection) -> int:
    """0 for an empty store."""
    if not inspect(connection).has_table("meta"):
        return 0
    return int(connection.execute(SCHEMA_VERSION).scalar_one())


def _create(connection: Connection) -> None:
    """Version 1 of the tables."""
    metadata.create_all(connection)
    connection.exec_driver_sql(CHAIN_INDEX)
    triggers = APPEND_ONLY_SQLITE if connection.dialect.name == "sqlite" else APPEND_ONLY_POSTGRESQL
    for statement in triggers:
        connection.exec_driver_sql(statement)
