"""What a file that people write may contain: declared once, checked whole, and exported as JSON Schema for editors.

Every problem is found in one reading and said in plain words with its place. (Not pydantic: importing it costs more
than all of `andon check` may take, and none of its messages would be shown.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from andon.kernel.errors import Invalid
from andon.standards.reading import ReadContext
from andon.standards.toml import Document

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Schema = dict[str, object]  #: a JSON Schema

#: members of a list or a table, where the key does not say otherwise
MOST_MEMBERS = 1_000


#: larger ones are not printed: that takes the square of their digits
_LONGEST_NUMBER = 10**30


class Shape(Protocol[T_co]):
    """What one value may be."""

    def read(self, value: object, here: ReadContext, /) -> T_co | None:
        """The value as the program wants it; None when a problem was noted."""

    def schema(self) -> Schema:
        """The same for an editor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Generic[T]):
    """Text that `parse` turns into something; its Invalid is the problem."""

    parse: Callable[[str], T]
    #: for editors; "" allows anything
    pattern: str = ""
    #: follows "expected"
    expected: str = "text in quotes"
    #: what a bare number should have been; {} is the number
    instead_of_number: str = 'Write "{}".'

    def read(self, value: object, here: ReadContext, /) -> T | None:
        if not isinstance(value, str):
            is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LONGEST_NUMBER
            remedy = self.instead_of_number.format(value) if is_number else ""
            here.wrong(f"expected {self.expected}, found {describe(value)}.", remedy)
            return None
        try:
            return self.parse(value)
        except Invalid as error:
            for problem in error.problems:
                here.wrong(problem.message, problem.remedy)
            return None

    def schema(self) -> Schema:
        return {"type": "string", "pattern": self.pattern} if self.pattern else {"type": "string"}


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """true or false."""

    def read(self, value: object, here: ReadContext, /) -> bool | None:
        if isinstance(value, bool):
            return value
        here.wrong(f"expected true or false, found {describe(value)}.")
        return None

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number, both ends allowed."""

    least: int
    most: int

    def read(self, value: object, here: ReadContext, /) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        here.wrong(f"expected {self._expected()}, found {describe(value)}.")
        return None

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def _expected(self) -> str:
        return str(self.least) if self.least == self.most else f"a whole number from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Generic[T]):
    """A list; the members that are wrong are left out."""

    item: Shape[T]
    #: fewest and most members
    least: int = 0
    most: int = MOST_MEMBERS
    #: shown when it is no list: '["python", "-m", "shop"]'
    example: str

    def read(self, value: object, here: ReadContext, /) -> tuple[T, ...] | None:
        if not isinstance(value, list):
            here.wrong(f"expected a list, found {describe(value)}.", f"Like {self.example}.")
            return None
        if here.holds_too_many(value, self.most):
            return None
        if len(value) < self.least:
            here.wrong("this list is empty.", f"Like {self.example}.")
        read = (self.item.read(item, here.below(index)) for index, item in enumerate(value))
        return tuple(item for item in read if item is not None)

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema(), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Generic[T]):
    """A table whose keys are names that people choose; the members that are wrong are left out."""

    #: checks a key; its Invalid is the problem
    name: Callable[[str], str]
    item: Shape[T]
    most: int = MOST_MEMBERS

    def read(self, value: object, here: ReadContext, /) -> tuple[tuple[str, T], ...] | None:
        if not isinstance(value, dict):
            here.wrong(f"expected a table, found {describe(value)}.")
            return None
        if here.holds_too_many(value, self.most):
            return None
        return tuple(pair for key, item in value.items() if (pair := self._pair(key, item, here.below(key))))

    def _pair(self, key: str, item: object, here: ReadContext) -> tuple[str, T] | None:
        try:
            self.name(key)
        except Invalid as error:
            for problem in error.problems:
                here.wrong(problem.message, problem.remedy, at="key")
        read = self.item.read(item, here)
        return None if read is None else (key, read)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.item.schema(), "maxProperties": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class Either(Generic[T]):
    """One value written short or long: text, or else the other shape."""

    text: Shape[T]
    other: Shape[T]

    def read(self, value: object, here: ReadContext, /) -> T | None:
        return self.text.read(value, here) if isinstance(value, str) else self.other.read(value, here)

    def schema(self) -> Schema:
        return {"anyOf": [self.text.schema(), self.other.schema()]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table."""

    shape: Shape[object]
    #: one sentence for the editor
    meaning: str
    #: when it is not given or is wrong
    default: object = None
    #: what to do when it is missing; "" for keys that may be left out
    required: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[T]):
    """A table with known keys, read into a record with the same names."""

    #: the record, called with every key
    make: Callable[..., T]
    keys: Mapping[str, Key]

    def read(self, value: object, here: ReadContext, /) -> T | None:
        if not isinstance(value, dict):
            here.wrong(f"expected a table, found {describe(value)}.")
            return None
        return self._record(value, here)

    def read_document(self, document: Document, judge: Callable[[T, ReadContext], None]) -> T:
        """The whole document as a record; `judge` notes what is wrong between its parts, and may see parts left out.

        Errors: Invalid with every problem.
        """
        here = ReadContext(document=document)
        record = self._record(document.data, here)
        judge(record, here)
        here.done()
        return record

    def _record(self, value: dict[str, object], here: ReadContext) -> T:
        free = [name for name in self.keys if name not in value]
        meant: set[str] = set()
        for unknown in (key for key in value if key not in self.keys):
            near = nearest(unknown, free)
            meant.add(near)
            remedy = f"Did you mean {quoted(near)}?" if near else f"Known here: {', '.join(self.keys)}."
            here.below(unknown).wrong(f"unknown key {quoted(unknown)}.", remedy, at="key")
        for name in free:
            if self.keys[name].required and name not in meant:
                here.wrong(f"{name} is missing.", self.keys[name].required, at="key")
        return self.make(**{name: self._read_key(name, value, here) for name in self.keys})

    def _read_key(self, name: str, table: dict[str, object], here: ReadContext) -> object:
        key = self.keys[name]
        read = key.shape.read(table[name], here.below(name)) if name in table else None
        return key.default if read is None else read

    def schema(self) -> Schema:
        properties = {name: key.shape.schema() | {"description": key.meaning} for name, key in self.keys.items()}
        required = [name for name, key in self.keys.items() if key.required]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one; "" when none is."""
    import difflib

    return next(iter(difflib.get_close_matches(word[:100], list(known), n=1, cutoff=0.6)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word; "" when there is none."""
    near = nearest(word, known)
    return f"Did you mean {quoted(near)}?" if near else ""


def describe(value: object) -> str:
    """What was found instead, for the end of a sentence."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}" if abs(value) < _LONGEST_NUMBER else "a number of very many digits"
        case str():
            return quoted(value)
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def quoted(text: str) -> str:
    """Text in quotes for a sentence: cut, and harmless to a terminal."""
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return '"' + re.sub(r"[\x00-\x1f\x7f-\x9f]", "�", shown) + '"'
