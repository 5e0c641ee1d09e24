"""Parts of a report, in words: what a terminal and a page in one file both show, each in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from andon.kernel.words import plural
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.report.words import value

#: of evidence behind one line
EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBar:
    """A length beside others."""

    #: of the longest, 0 to 1
    share: float
    kind: Literal["work", "wait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """Values one after the other, as a picture the size of a word."""

    values: tuple[float | None, ...]


Cell = str | TimeBar | Sparkline


@dataclass(frozen=True, slots=True, kw_only=True)
class PartColumn:
    """Of a table."""

    title: str = ""
    is_number: bool = False
    #: is cut where there is no room
    gives_way: bool = False
    #: goes on in the next line where there is no room; only the last column may
    wraps: bool = False
    style: Literal["plain", "quiet", "strong", "good", "accent"] = "plain"

    @property
    def heading(self) -> str:
        """Its title, with the sign that says how a terminal shows the column."""
        return f"{'>' if self.is_number else '+' if self.wraps else '*' if self.gives_way else ''}{self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEntry:
    """A line that needs a sentence."""

    #: in front: "41 %"
    mark: str
    title: str
    says: str
    examples: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMark:
    """Something on an axis of time."""

    begin: datetime
    #: the same where it has no length
    end: datetime
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One kind of thing on an axis of time."""

    title: str
    marks: tuple[TimeMark, ...] = ()
    #: values from their times on, in order
    line: tuple[tuple[datetime, float | None], ...] = ()
    #: what the signs mean, and how many there are
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """Lanes over one time."""

    begin: datetime
    end: datetime
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPart:
    """A heading and what stands under it: sentences, a table or entries, and what to know about them."""

    title: str = ""
    says: tuple[str, ...] = ()
    axis: TimeAxis | None = None
    columns: tuple[PartColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    entries: tuple[PartEntry, ...] = ()
    notes: tuple[str, ...] = ()
    #: only where there are no pictures, which say the same
    is_picture: bool = False

    @property
    def is_empty(self) -> bool:
        """Is there nothing to show?"""
        return not (self.says or self.axis or self.rows or self.entries)


#: a name, a value, and what it means
FACTS = (PartColumn(), PartColumn(is_number=True, style="good"), PartColumn(wraps=True, style="quiet"))


def examples(rows: Sequence[Evidence], unit: str = "") -> str:
    """The first few, each with what it adds."""
    shown = (
        f"{row.name} ({value(row.value, unit)})" if unit and row.value is not None else row.name
        for row in rows[:EXAMPLES]
    )
    return "; ".join(shown)


def more(left: int, what: str, where: str = "all of them with --json") -> tuple[str, ...]:
    """That there is more, where there is."""
    return (f"and {plural(left, what)} more; {where}",) if left > 0 else ()
