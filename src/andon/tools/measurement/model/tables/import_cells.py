"""The cells of files that people import: what each column of the data catalogue may hold, and what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from andon.kernel.errors import Invalid
from andon.standards.instants import parse_instant
from andon.tools.measurement.model.facts import FactId
from andon.tools.measurement.model.intake.mapping import plain_name
from andon.tools.measurement.model.intake.texts import commit_in, web_address
from andon.tools.measurement.model.tables.table import Kind, TableColumn

#: characters of a cell
LONGEST_CELL = 2000

OUTCOMES = ("success", "failure", "error", "cancel")
_NAMES = frozenset({"environment", "repository", "service"})
#: texts of one column
_MOST_REMEMBERED = 10_000
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

#: reads a cell that is not empty; Errors: Invalid, which says what was expected
Read = Callable[[str], Any]


def reader_of(column: TableColumn, source: str) -> Read:
    """How the cells of a column are read in a file whose facts are called after `source`."""
    if column.name == "id" and column.meaning.startswith("the commit"):
        return _commit
    if column.name == "id":
        return _id_in(source)
    if column.name in {"mends", "caused_by"}:
        return _ids_in(source)
    if column.name in _NAMES:
        return _remembering(_name)
    return _BY_NAME.get(column.name) or _BY_KIND[column.kind]


def expected(column: TableColumn) -> str:
    """What stands in a column, for people."""
    return _EXPECTED.get(column.name) or _EXPECTED_KIND[column.kind]


def _id_in(source: str) -> Read:
    def read(text: str) -> FactId:
        return _fact(source, _text(text))

    return read


def _ids_in(source: str) -> Read:
    def read(text: str) -> tuple[FactId, ...]:
        return tuple(_fact(source, part) for part in _text(text).split())

    return read


def _fact(source: str, text: str) -> FactId:
    """An id with a slash is whole; another is one of this file's own source."""
    return FactId(text if "/" in text else f"{source}/{text}")


def _text(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_CELL:
        raise Invalid(f"the text is longer than {LONGEST_CELL:,} characters.")
    if "\0" in text:
        raise Invalid("the text has a NUL character in it.")
    return text


def _name(text: str) -> str:
    name = plain_name(_text(text))
    if not name:
        raise Invalid(f'"{text[:60]}" is no name: expected letters, digits and . _ - in it.')
    return name


def _remembering(read: Read) -> Read:
    """The same, quicker where few texts stand in many rows."""
    known: dict[str, Any] = {}

    def quickly(text: str) -> Any:
        found = known.get(text)
        if found is None:
            found = read(text)
            if len(known) < _MOST_REMEMBERED:
                known[text] = found
        return found

    return quickly


def _commit(text: str) -> str:
    commit = commit_in(text.strip().lower())
    if commit is None:
        raise Invalid(f'"{text[:60]}" is no commit: expected all 40 (or 64) hexadecimal digits.')
    return commit


def _commits(text: str) -> tuple[str, ...]:
    return tuple(_commit(part) for part in text.split())


def _outcome(text: str) -> str:
    outcome = text.strip().lower()
    if outcome not in OUTCOMES:
        raise Invalid(f'"{text[:60]}" is no outcome: expected {", ".join(OUTCOMES)}.')
    return outcome


def _truth(text: str) -> bool:
    truth = _TRUTHS.get(text.strip().lower())
    if truth is None:
        raise Invalid(f'"{text[:60]}" is neither: expected true or false.')
    return truth


def _whole(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise Invalid(f'"{text[:60]}" is no whole number.')
    return int(text)


def _address(text: str) -> str:
    text = _text(text)
    if text.startswith("/") and not text.startswith("//"):
        return text
    if not web_address(text):
        raise Invalid(f'"{text[:60]}" is no address: expected https://… or a path that begins with one slash.')
    return text


def _list(text: str) -> tuple[str, ...]:
    return tuple(_text(text).split())


_BY_NAME: Mapping[str, Read] = {
    "commit": _commit,
    "head": _commit,
    "link": _address,
    "merge_commit": _commit,
    "outcome": _outcome,
    "parents": _commits,
}
_BY_KIND: Mapping[Kind, Read] = {
    "list": _list,
    "text": _text,
    "time": parse_instant,
    "truth": _truth,
    "whole": _whole,
}
_EXPECTED: Mapping[str, str] = {
    "commit": "40 (or 64) hexadecimal digits",
    "head": "40 (or 64) hexadecimal digits",
    "link": "an address of the web, or a path on the server",
    "merge_commit": "40 (or 64) hexadecimal digits",
    "outcome": ", ".join(OUTCOMES),
    "parents": "commits, separated by spaces",
    "mends": "ids, separated by spaces",
    "caused_by": "ids, separated by spaces",
}
_EXPECTED_KIND: Mapping[Kind, str] = {
    "list": "texts, separated by spaces",
    "text": "text",
    "time": "a time with its zone, or seconds since 1970",
    "truth": "true or false",
    "whole": "a whole number",
}
