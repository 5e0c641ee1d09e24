"""One place of a document that is being read, and what was found wrong so far."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass, field
from typing import Literal

from andon.kernel.errors import Invalid, Problem
from andon.standards.toml import Document
from andon.standards.toml_places import Place

#: what nobody reads to the end is not searched for: the file is given back with the first ones
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContext:
    """One place of a document that is being read, and the problems found so far in all of it."""

    document: Document
    place: Place = ()
    problems: list[Problem] = field(default_factory=list)

    def below(self, key: str | int) -> ReadContext:
        return ReadContext(document=self.document, place=(*self.place, key), problems=self.problems)

    def value(self) -> object:
        """What the document has here, unread; None when it has nothing."""
        value: object = self.document.data
        for key in self.place:
            if isinstance(value, dict) and isinstance(key, str):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def wrong(self, message: str, remedy: str = "", *, at: Literal["key", "value"] = "value") -> None:
        """Note a problem. Errors: Invalid with all of them, when there are MOST_PROBLEMS: reading ends there."""
        self.problems.append(self.document.problem(self.place, message, remedy, at=at))
        if len(self.problems) == MOST_PROBLEMS:
            self.done()

    def holds_too_many(self, value: Sized, most: int) -> bool:
        """Whether a list or table has more members than it may, which is then noted, and they are not read."""
        if len(value) > most:
            self.wrong(f"{len(value):,} members are more than the {most:,} that may stand here.", at="key")
        return len(value) > most

    def done(self) -> None:
        """Errors: Invalid with all problems, in the order of the file."""
        if self.problems:
            raise Invalid(*sorted(self.problems, key=_line_and_column))


def _line_and_column(problem: Problem) -> tuple[int, int]:
    _, line, column = (*problem.where.rsplit(":", 2), "0", "0")[:3]
    return (int(line), int(column)) if line.isdigit() and column.isdigit() else (0, 0)
