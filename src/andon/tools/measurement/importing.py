"""Reads files of facts row by row: good rows are handed on, broken ones are named and counted, none is lost unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from andon.kernel.errors import Invalid, Problem
from andon.kernel.words import plural
from andon.standards.csv_lines import CsvLines
from andon.standards.instants import parse_instant
from andon.standards.json_body import decode
from andon.standards.text_lines import lines_of
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.tables.import_row import TABLES, RowReader
from andon.tools.measurement.model.tables.table import FactTable

if TYPE_CHECKING:
    from andon.tools.measurement.model.intake.mapping import Mapping as Names
    from andon.tools.measurement.ports import DeliveryReader

#: facts that are handed on at once
PIECE = 500
#: broken rows that are named; the others are counted
MOST_SHOWN = 20
#: columns and keys that mean nothing here and are named
MOST_IGNORED = 50
#: bytes of a JSON file, which is read whole and takes some ten times as much memory; other forms have no end
LARGEST_WHOLE = 64 * 1024 * 1024

#: a row, or what is wrong with it
Read = Fact | Problem


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of a file's rows, so far."""

    most_shown: int = MOST_SHOWN
    taken: int = 0
    broken: int = 0
    #: the first of the broken
    shown: list[Problem] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        """One more broken row."""
        self.broken += 1
        if len(self.shown) < self.most_shown:
            self.shown.append(problem)


def pieces(read: Iterable[Read], tally: Tally, size: int = PIECE) -> Iterator[tuple[Fact, ...]]:
    """The good rows, some at a time; the tally counts both kinds while they go by."""
    piece: list[Fact] = []
    for each in read:
        if isinstance(each, Problem):
            tally.note(each)
            continue
        piece.append(each)
        if len(piece) == size:
            tally.taken += size
            yield tuple(piece)
            piece = []
    tally.taken += len(piece)
    if piece:
        yield tuple(piece)


def refuse_broken(tally: Tally) -> None:
    """Errors: Invalid with the broken rows that are named, when there are any; for whoever wants all or nothing."""
    if tally.broken:
        more = tally.broken - len(tally.shown)
        left = f" ({more:,} of them are not shown)" if more else ""
        broken = f"{plural(tally.broken, 'row is', 'rows are')} broken{left}"
        message = f"{broken}, so nothing was imported, not even the {plural(tally.taken, 'good row')}."
        remedy = "Correct them, or import the good rows: leave out --strict."
        raise Invalid(*tally.shown, Problem(message=message, remedy=remedy))


def table_called(name: str) -> FactTable:
    """The table that can be imported under this name. Errors: Invalid."""
    table = TABLES.get(name)
    if table is None:
        raise Invalid(f'"{name[:60]}" cannot be imported: expected one of {", ".join(TABLES)}.')
    return table


class FactFile:
    """A file of facts that is being read; its forms are CSV, JSON, and JSON with one object a line."""

    def __init__(self, source: str, table: FactTable | None = None) -> None:
        self.source = source
        #: None: the file says it, object by object
        self.table = table
        #: columns and keys that mean nothing here: a person should see them, for one may be misspelt
        self.ignored: set[str] = set()
        self._readers: dict[str, RowReader] = {}

    def csv(self, bytes_: Iterable[bytes]) -> Iterator[Read]:
        """Memory is needed for one row at a time. Errors: Invalid, before the first row."""
        if self.table is None:
            raise Invalid(f"A CSV file holds one table: say which with --table, one of {', '.join(TABLES)}.")
        lines = CsvLines(bytes_)
        reader = RowReader(self.table, self.source, lines.heading)
        self._ignore(reader.ignored)
        for row in lines.rows():
            if row.trouble:
                yield Problem(where=f"line {row.line}", message=row.trouble)
                continue
            try:
                fact = reader.read(row.cells)
            except Invalid as error:
                yield _at(f"line {row.line}", error)
            else:
                yield fact

    def json_lines(self, bytes_: Iterable[bytes]) -> Iterator[Read]:
        """Memory is needed for one object at a time; each may name its own "table"."""
        for number, line in enumerate(lines_of(bytes_), 1):
            if line is None:
                yield Problem(where=f"line {number}", message="the line is too long to be a fact.")
            elif line.strip():
                try:
                    fact = self._fact(decode(_OBJECT, line, f"line {number}"), self.table)
                except Invalid as error:
                    yield _at(f"line {number}", error)
                else:
                    yield fact

    def json(self, bytes_: Iterable[bytes]) -> Iterator[Read]:
        """A list of objects, or an object with a list for each table. It is read whole. Errors: Invalid."""
        told = decode(_WHOLE, _joined(bytes_), "the file")
        lists = told if isinstance(told, dict) else {"": told}
        tables = {name: table_called(name) if name else self.table for name in lists}
        for name, objects in lists.items():
            for number, each in enumerate(objects):
                try:
                    fact = self._fact(each, tables[name])
                except Invalid as error:
                    yield _at(f"{name}[{number}]", error)
                else:
                    yield fact

    def _fact(self, told: dict[str, Any], table: FactTable | None) -> Fact:
        table = table or table_called(str(told.get("table", "")))
        reader = self._readers.get(table.name)
        if reader is None:
            reader = self._readers[table.name] = RowReader(table, self.source, table.names)
        self._ignore(told.keys() - {*table.names, "table"})
        return reader.read([_cell(name, told.get(name)) for name in table.names])

    def _ignore(self, names: Iterable[str]) -> None:
        """The first of them; whoever made up a key for each row sees enough of them."""
        for name in names:
            if len(self.ignored) < MOST_IGNORED:
                self.ignored.add(name)


def _joined(pieces_: Iterable[bytes]) -> bytes:
    """Errors: Invalid for more than memory should hold."""
    whole = bytearray()
    for piece in pieces_:
        whole += piece
        if len(whole) > LARGEST_WHOLE:
            raise Invalid(
                f"A JSON file is read whole, so it may have {LARGEST_WHOLE // 1024**2} MiB at most. "
                "Write one object a line (.jsonl), which may be of any length."
            )
    return bytes(whole)


_OBJECT = msgspec.json.Decoder(dict[str, Any])
_WHOLE = msgspec.json.Decoder(list[dict[str, Any]] | dict[str, list[dict[str, Any]]])


def _cell(name: str, value: object) -> str:
    """What stands in JSON, as it would stand in CSV. Errors: Invalid."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case list() if all(isinstance(each, str) for each in value):
            return " ".join(value)
        case _:
            raise Invalid(Problem(where=name, message="expected text, a number, true, false, or a list of texts."))


def _at(where: str, error: Invalid) -> Problem:
    """The first thing that is wrong with a row, with the place of the row."""
    first = error.problems[0]
    inner = first.where.removeprefix(where).removeprefix(": ")
    return Problem(where=f"{where}, {inner}" if inner else where, message=first.message)


class _Saved(msgspec.Struct, gc=False):
    headers: dict[str, str]
    body: msgspec.Raw
    received_at: str | int | float | None = None


_SAVED = msgspec.json.Decoder(_Saved)
_TEXT = msgspec.json.Decoder(str)


def saved_deliveries(
    bytes_: Iterable[bytes], intake: DeliveryReader, names: Names, at: datetime
) -> Iterator[ReadDelivery | Problem]:
    """Webhooks that were written to a file, one a line: {"headers": …, "body": …, "received_at": …}.

    The body is JSON, or the text that came. Signatures are not verified: whoever may import vouches for the file.
    """
    for number, line in enumerate(lines_of(bytes_), 1):
        if line is None:
            yield Problem(where=f"line {number}", message="the line is too long to be a delivery.")
        elif line.strip():
            try:
                received = _received(line, number, intake, names, at)
            except Invalid as error:
                yield _at(f"line {number}", error)
            else:
                yield received


def _received(line: bytes, number: int, intake: DeliveryReader, names: Names, at: datetime) -> ReadDelivery:
    saved = decode(_SAVED, line, f"line {number}")
    body = bytes(saved.body)
    if body.startswith(b'"'):
        body = decode(_TEXT, body, f"line {number}: body").encode()
    if saved.received_at is not None:
        at = parse_instant(str(saved.received_at))
    return intake.read({name.lower(): value for name, value in saved.headers.items()}, body, names, at)
