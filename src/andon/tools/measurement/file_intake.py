"""Takes files of facts: whole into the ledger, piece by piece, while the server goes on."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from andon.engine.callers_desk import CallersDesk
from andon.engine.desk import Desk
from andon.kernel.caller import Caller
from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import RepositoryName, StreamId, parse_name, stream
from andon.tools.measurement.importing import (
    FactFile,
    Read,
    Tally,
    pieces,
    refuse_broken,
    saved_deliveries,
    table_called,
)
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.intake.connection import ConnectedTool
from andon.tools.measurement.model.intake.deliveries import NOUN, TakeFacts
from andon.tools.measurement.model.intake.fact_owner import OF_THE_LEDGER, apart, not_by
from andon.tools.measurement.model.intake.read_delivery import CommitsHead
from andon.tools.measurement.receiving import Receiving

Form = Literal["csv", "json", "jsonl"]
#: what a file's facts are reported by when nobody says
FILE = "file"
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """How a file is to be read."""

    form: Form
    #: "deployments"; "" where the file says it itself
    table: str = ""
    #: what its facts are reported by
    source: str = FILE
    #: the connection whose saved deliveries these are; "" for facts
    deliveries_of: str = ""
    #: take all or nothing
    strict: bool = False
    #: they are another server's, and come under the name of the source
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file."""

    source: str
    #: facts that were taken
    taken: int
    #: rows that were not, because they are broken
    broken: int
    #: the first of those, each with its place
    problems: tuple[Problem, ...]
    #: columns and keys that mean nothing here
    ignored: tuple[str, ...]
    #: the very same file was taken before, so nothing was recorded
    known: bool = False
    #: everything in it was reported before, by this source in other files or deliveries
    nothing_new: bool = False
    #: deliveries of an unsupported kind
    unread: int = 0
    #: what a person should know though all was understood
    troubles: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Reading:
    """A file under way."""

    read: Callable[[], Iterator[Read]]
    ignored: set[str] = field(default_factory=set)
    #: the last one of each repository
    heads: dict[RepositoryName, CommitsHead] = field(default_factory=dict)
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIntake:
    """The door for files."""

    desk: Desk
    #: for files of saved deliveries
    receiving: Receiving
    now: Callable[[], datetime]
    #: where uploads wait
    folder: Path

    def sweep(self) -> None:
        """Remove what a crash left of uploads; to be called before any comes."""
        for left in self.folder.glob("*"):
            left.unlink(missing_ok=True)

    async def take(self, file: Path, asked: ImportRequest, *, by: Caller) -> Imported:
        """Every good row, once. Errors: Invalid (with strict: when any row is broken), NotFound."""
        reading = self._reading(file, asked)
        source = asked.deliveries_of or parse_name(asked.source, "a source")
        on = stream(NOUN.kind, source)
        digest = await asyncio.to_thread(_digest, file)
        async with self.receiving.trying(f"reading a file of {source} ({digest[:27]})", "send it again", keeps=False):
            return await self._take(reading, asked, digest, on=on, by=by)

    async def _take(
        self, reading: _Reading, asked: ImportRequest, digest: str, *, on: StreamId, by: Caller
    ) -> Imported:
        source = asked.deliveries_of or asked.source
        if asked.strict:
            await asyncio.to_thread(_refuse, reading.read())
        if digest in (await self.desk.load(on)).seen:
            return _known(source, await asyncio.to_thread(_counted, reading.read()), reading)
        tally, before = Tally(), self.receiving.measured.history.revision
        told = pieces(reading.read(), tally)
        piece: Sequence[Fact] = await asyncio.to_thread(next, told, ())
        while piece:
            following = await asyncio.to_thread(next, told, ())
            delivery = "" if following else digest  # only what was taken to its end is known from then on
            command = TakeFacts(connection=source, delivery=delivery, what=f"{asked.form} file", facts=tuple(piece))
            await CallersDesk(self.desk, by).submit(on, command)
            piece = following
        troubles = await self.receiving.walk(source, reading.heads.values()) if reading.heads else ()
        return Imported(
            source=source,
            taken=tally.taken,
            broken=tally.broken,
            problems=tuple(tally.shown),
            ignored=tuple(sorted(reading.ignored)),
            nothing_new=bool(tally.taken) and self.receiving.measured.history.revision == before,
            unread=reading.unread,
            troubles=troubles,
        )

    def _reading(self, file: Path, asked: ImportRequest) -> _Reading:
        if asked.deliveries_of:
            tool = self.receiving.sources.connected(asked.deliveries_of).tool
            assert tool is not None  # noqa: S101  (connected has said so)
            return self._deliveries(file, tool)
        facts = FactFile(asked.source, table_called(asked.table) if asked.table else None)
        reader = {"csv": facts.csv, "json": facts.json, "jsonl": facts.json_lines}[asked.form]
        others = self._others(asked.source)

        def read() -> Iterator[Read]:
            told = reader(_chunks(file))
            return not_by(apart(told, asked.source) if asked.apart else told, asked.source, others)

        return _Reading(read=read, ignored=facts.ignored)

    def _others(self, source: str) -> frozenset[str]:
        """Whose facts only they may tell. Errors: Invalid when the source is this server itself."""
        if source in OF_THE_LEDGER:
            message = f'by "{source}" this server tells what it saw itself.'
            raise Invalid(Problem(where="source", message=message, remedy="Take another name."))
        return OF_THE_LEDGER | {each.name for each in self.receiving.sources.all()}

    def _deliveries(self, file: Path, tool: ConnectedTool) -> _Reading:
        reader = self.receiving.reader(tool)
        reading = _Reading(read=lambda: iter(()))

        def read() -> Iterator[Read]:
            for each in saved_deliveries(_chunks(file), reader, tool.names, self.now()):
                if isinstance(each, Problem):
                    yield each
                    continue
                reading.unread += bool(each.kept)
                reading.heads.update((head.repository, head) for head in each.heads)
                yield from each.facts

        reading.read = read
        return reading


def _refuse(read: Iterator[Read]) -> None:
    """Errors: Invalid when any row is broken."""
    refuse_broken(_counted(read))


def _counted(read: Iterator[Read]) -> Tally:
    """What is good and what is broken; nothing is taken."""
    tally = Tally()
    for _ in pieces(read, tally):
        pass
    return tally


def _known(source: str, tally: Tally, reading: _Reading) -> Imported:
    """Of a file that was taken before: nothing is new, and what was broken still is."""
    return Imported(
        source=source,
        taken=0,
        broken=tally.broken,
        problems=tuple(tally.shown),
        ignored=tuple(sorted(reading.ignored)),
        known=True,
        unread=reading.unread,
    )


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            yield chunk


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return f"sha256:{hashlib.file_digest(opened, 'sha256').hexdigest()}"
