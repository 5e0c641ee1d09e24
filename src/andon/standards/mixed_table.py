"""A table that people write with both: keys that the format knows, and names that they choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from andon.standards.reading import ReadContext
from andon.standards.shapes import Named, Schema, Table, describe, nearest, quoted

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedTable(Generic[T, U]):
    """A table with some known keys, and beside them names that people choose."""

    known: Table[T]
    named: Named[U]

    def read(self, value: object, here: ReadContext, /) -> tuple[T, tuple[tuple[str, U], ...]] | None:
        if not isinstance(value, dict):
            here.wrong(f"expected a table, found {describe(value)}.")
            return None
        known = {name: item for name, item in value.items() if name in self.known.keys}
        meant = {name: near for name in value if name not in known and (near := nearest(name, self.known.keys))}
        for name, near in meant.items():
            here.below(name).wrong(f"unknown key {quoted(name)}.", f"Did you mean {quoted(near)}?", at="key")
        rest = {name: item for name, item in value.items() if name not in known | meant}
        record = self.known.read(known, here)
        return None if record is None else (record, self.named.read(rest, here) or ())

    def schema(self) -> Schema:
        return self.known.schema() | self.named.schema()
