"""TOML files that people write: data, and for every key and value the line and column to point at."""

from __future__ import annotations

import bisect
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from andon.kernel.errors import Invalid, Problem
from andon.standards.toml_places import Place, Spot, TomlPlaces, TooDeepError, find_places

#: nobody writes more by hand, and the parser must not be kept busy by a pushed file
MAX_BYTES = 256 * 1024

_WIDTH = 120  #: characters of a source line that an excerpt shows
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  #: must not reach a terminal
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

#: what the parser says, and what a person understands
_PLAIN = (
    ("Expected '=' after a key", "expected = and a value after this key"),
    ("Invalid value", 'expected a value here; text stands in quotes: "like this"'),
    ("Invalid initial character for a key part", "expected a key here"),
    ("Invalid statement", "expected a [table] or a key = value here"),
    ("Expected newline or end of document", "expected the end of the line here"),
    ("Cannot overwrite a value", "this key is given twice"),
    ("Unclosed array", "this list is not closed: expected , or ]"),
    ("Unclosed inline table", "this table is not closed: expected , or }"),
    ("Unterminated string", "this text is not closed: expected a quote"),
    ("Illegal character '\\n'", "this text is not closed: expected a quote before the end of the line"),
    ('Expected "', "this text is not closed: expected a quote"),
    ("Expected ']", "this is not closed: expected ]"),
    ("Cannot declare", "this table is declared twice"),
)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that could be parsed."""

    #: its name, for people: "andon.toml"
    file: str
    #: with plain newlines
    text: str
    data: dict[str, object]
    places: TomlPlaces

    def problem(
        self, place: Place, message: str, remedy: str = "", *, at: Literal["key", "value"] = "value"
    ) -> Problem:
        """A problem with the place, which is pointed at; with what holds it when it is not in the file."""
        spot = self._spot(place, at)
        if spot is None:
            return Problem(message=message, where=self.file, remedy=remedy)
        return self.problem_at(spot, message, remedy)

    def problem_at(self, spot: Spot, message: str, remedy: str = "") -> Problem:
        """A problem with a stretch of the text."""
        line, column = self.line_and_column(spot.start)
        source = self.lines[line - 1]
        return Problem(
            message=message,
            where=f"{self.file}:{line}:{column}",
            excerpt=excerpt(line, source, column, spot.end - spot.start),
            remedy=remedy,
        )

    def line_and_column(self, position: int) -> tuple[int, int]:
        """Both counted from 1."""
        line = bisect.bisect_right(self._line_starts, position)
        return line, position - self._line_starts[line - 1] + 1

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts[:-1]

    def _spot(self, place: Place, at: Literal["key", "value"]) -> Spot | None:
        first, second = self.places.values, self.places.keys
        if at == "key":
            first, second = second, first
        while place:
            spot = first.get(place) or second.get(place)
            if spot is not None:
                return spot
            place = place[:-1]
            first = second = self.places.keys  # of what holds it, the name is enough
        return None


def read(text: str, file: str) -> Document:
    """The document in the text.

    Errors: Invalid, with file, line, column and a caret, when it is no TOML, too long or nested too deeply.
    """
    if len(text) > MAX_BYTES:
        raise Invalid(Problem(message=f"more than {MAX_BYTES // 1024} KiB: nobody can read that.", where=file))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    bare = Document(file=file, text=text, data={}, places=TomlPlaces())
    try:
        places = find_places(text)
        data: dict[str, object] = tomllib.loads(text)
    except TooDeepError as error:
        spot = Spot(start=error.position, end=error.position + 1)
        raise Invalid(bare.problem_at(spot, "nested too deeply here.")) from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid(_syntax_problem(bare, str(error))) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; nesting that the walk did not see
        raise Invalid(Problem(message=f"cannot be read: {str(error)[:100]}.", where=file)) from None
    return Document(file=file, text=text, data=data, places=places)


def excerpt(number: int, source: str, column: int, width: int) -> str:
    """A numbered source line with carets under `width` characters from `column`; long lines are cut around it."""
    first = max(0, column - 1 - _WIDTH * 2 // 3) if len(source) > _WIDTH else 0
    shown = _CONTROL.sub("�", source[first : first + _WIDTH])
    before = re.sub(r"[^\t]", " ", shown[: column - 1 - first])
    carets = "^" * max(1, min(width, len(shown) - len(before)))
    gutter = " " * len(str(number))
    return f"{number} | {shown}\n{gutter} | {before}{carets}"


def _syntax_problem(bare: Document, said: str) -> Problem:
    """The parser's complaint, in plain words and with its place."""
    found = _POSITION.search(said)
    message = said[: found.start()] if found else said
    line, column = (int(found[1]), int(found[2])) if found and found[1] else (len(bare.lines), len(bare.lines[-1]) + 1)
    for theirs, ours in _PLAIN:
        if message.startswith(theirs):
            message = ours
    source = bare.lines[line - 1]
    if said.startswith("Cannot"):  # the parser is past the thing when it finds that it must not be
        column = len(source) - len(source.lstrip()) + 1
    return Problem(
        message=f"{message}.",
        where=f"{bare.file}:{line}:{column}",
        excerpt=excerpt(line, source, column, 1),
    )


def basic_string(text: str) -> str:
    """The text in quotes, as a key or a value to write into a file."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
