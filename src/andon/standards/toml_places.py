"""Where every key and value of a TOML document stands: a walk over text that the standard library's parser judges.

`tomllib` gives data without positions. This walk only has to find places in valid TOML, so it is lenient; it stops at
the first thing it cannot follow and leaves it to the parser to say what is wrong.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

Place = tuple[str | int, ...]  #: ("task", "unit", "needs", 0)

#: parts of one dotted key, and tables or arrays inside each other; the parser's work grows with their square
MAX_DEPTH = 24

_TRIVIA = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r'[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A stretch of the text."""

    start: int
    end: int


@dataclass(slots=True, kw_only=True)
class TomlPlaces:
    """Spots by place; of a table both are its header."""

    keys: dict[Place, Spot] = field(default_factory=dict)
    values: dict[Place, Spot] = field(default_factory=dict)


class TooDeepError(Exception):
    """A key or a value is nested deeper than MAX_DEPTH."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def find_places(text: str) -> TomlPlaces:
    """The places of a document whose lines end with a plain newline.

    Errors: TooDeepError.
    """
    walk = _Walk(text)
    try:
        walk.document()
    except _LostError:
        pass
    return walk.places


class _LostError(Exception):
    """This is no TOML; the parser will say why."""


class _Walk:
    """One walk: a cursor over the text, and the table that the last header opened."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places = TomlPlaces()
        self.table: Place = ()
        self.lengths: dict[Place, int] = {}  # of arrays of tables

    def document(self) -> None:
        self.skip(_TRIVIA)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                self.header()
            else:
                self.pair(self.table, 0)
            self.skip(_TRIVIA)

    def header(self) -> None:
        """[a.b] or [[a.b]]: the table that the following pairs belong to."""
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        parts = self.key()
        self.expect("]" * brackets)
        *parents, (last, spot) = parts
        place: Place = ()
        for part, part_spot in parents:
            place += (part,)
            self.places.keys.setdefault(place, part_spot)
            place = self.newest(place)
        place += (last,)
        if brackets == 2:
            self.lengths[place] = self.lengths.get(place, 0) + 1
            self.places.keys.setdefault(place, spot)
        place = self.newest(place)
        self.places.keys[place] = self.places.values[place] = spot
        self.table = place

    def newest(self, place: Place) -> Place:
        """The last table of an array of tables; anything else is itself."""
        return (*place, self.lengths[place] - 1) if place in self.lengths else place

    def pair(self, table: Place, depth: int) -> None:
        """key = value, in a table or an inline table."""
        place = table
        for part, spot in self.key():
            place += (part,)
            self.places.keys.setdefault(place, spot)
        self.expect("=")
        self.skip(_BLANK)
        self.value(place, depth)

    def key(self) -> list[tuple[str, Spot]]:
        """The parts of a dotted key."""
        parts: list[tuple[str, Spot]] = []
        while True:
            self.skip(_BLANK)
            spot = self.take(_KEY_PART)
            parts.append((_unquoted(self.text[spot.start : spot.end]), spot))
            if len(parts) > MAX_DEPTH:
                raise TooDeepError(spot.start)
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def value(self, place: Place, depth: int) -> None:
        """Any value, from its first to its last character."""
        if depth > MAX_DEPTH:
            raise TooDeepError(self.at)
        start = self.at
        match self.text[start : start + 1]:
            case "[":
                self.members(place, depth, "]")
            case "{":
                self.members(place, depth, "}")
            case '"' | "'":
                self.take(_STRING)
            case _:
                spot = self.take(_SCALAR)
                self.at = spot.start + len(self.text[spot.start : spot.end].rstrip())
        self.places.values[place] = Spot(start=start, end=self.at)

    def members(self, place: Place, depth: int, close: str) -> None:
        """What stands in a list or an inline table, up to its closing bracket."""
        self.at += 1
        index = 0
        while not self.closes(close):
            if close == "]":
                self.value((*place, index), depth + 1)
            else:
                self.pair(place, depth + 1)
            index += 1
            self.skip(_TRIVIA)
            if not self.text.startswith(close, self.at):
                self.expect(",")

    def closes(self, bracket: str) -> bool:
        """Steps over the bracket if it is the next thing."""
        self.skip(_TRIVIA)
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        return False

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def take(self, pattern: re.Pattern[str]) -> Spot:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise _LostError
        self.at = found.end()
        return Spot(start=found.start(), end=found.end())

    def expect(self, sign: str) -> None:
        self.skip(_BLANK)
        if not self.text.startswith(sign, self.at):
            raise _LostError
        self.at += len(sign)


def _unquoted(part: str) -> str:
    """What a key part says; the parser knows the escapes."""
    if part[0] not in "\"'":
        return part
    try:
        return next(iter(tomllib.loads(f"{part} = 0")))
    except tomllib.TOMLDecodeError:
        raise _LostError from None
