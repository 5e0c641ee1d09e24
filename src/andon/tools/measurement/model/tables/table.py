"""A table of facts as other programs read it: its columns, what they mean, and how they are got from a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

#: "time" is UTC; "list" is several texts; "truth" is yes or no
Kind = Literal["text", "time", "number", "whole", "truth", "list", "json"]
#: what stands in one row of one column; None for what is not known
Cell = str | int | float | bool | datetime | tuple[str, ...] | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column."""

    name: str
    kind: Kind = "text"
    #: "" where it has none
    unit: str = ""
    #: whole sentence or phrase, with what an empty cell means
    meaning: str
    #: where in the fact it stands: "place.service"; "" for its own name
    path: str = ""
    #: may be empty
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTable:
    """One table."""

    #: as files are called
    name: str
    #: one sentence: what one row is
    meaning: str
    #: where the rows come from, in words
    source: str
    columns: tuple[TableColumn, ...]
    #: the columns that make a row the only one of its kind
    key: tuple[str, ...]
    #: the column that a window of time is asked by
    time: str

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns, in order."""
        return tuple(column.name for column in self.columns)

    def rows(self, facts: Iterable[Any]) -> Iterator[Row]:
        """Each fact as a row."""
        return map(attrgetter(*(column.path or column.name for column in self.columns)), facts)


def text(name: str, meaning: str, *, path: str = "", optional: bool = False) -> TableColumn:
    """A column of text; empty where it is not known."""
    return TableColumn(name=name, meaning=meaning, path=path, optional=optional)


def time(name: str, meaning: str, *, path: str = "", optional: bool = False) -> TableColumn:
    """A column of instants."""
    return TableColumn(name=name, kind="time", unit="UTC", meaning=meaning, path=path, optional=optional)


def many(name: str, meaning: str, *, path: str = "") -> TableColumn:
    """A column of several texts in each cell, or none."""
    return TableColumn(name=name, kind="list", meaning=meaning, path=path, optional=True)


def truth(name: str, meaning: str, *, path: str = "") -> TableColumn:
    """A column of yes and no."""
    return TableColumn(name=name, kind="truth", meaning=meaning, path=path)


def whole(name: str, meaning: str, *, path: str = "", unit: str = "") -> TableColumn:
    """A column of whole numbers."""
    return TableColumn(name=name, kind="whole", unit=unit, meaning=meaning, path=path)


def number(name: str, meaning: str, *, path: str = "", unit: str = "", optional: bool = False) -> TableColumn:
    """A column of numbers."""
    return TableColumn(name=name, kind="number", unit=unit, meaning=meaning, path=path, optional=optional)
