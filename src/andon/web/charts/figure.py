"""What a maker takes and gives: a picture with its name, its sentence, its table twin and its legend of words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

#: how values are written: "seconds" of time, "ratio" (0.12 is 12 %), "per day", "count"; any other word stands behind
#: the number as it is: "EUR", "requests/s"
Unit = str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every maker is told first."""

    #: "Change lead time": the accessible name, and the words above the picture
    title: str
    #: one sentence: what there is to see; "" lets the maker write it from the values
    says: str = ""
    unit: Unit = "seconds"
    #: what one value is about, in the plural: "commits", "deployments", "weeks"
    things: str = "values"
    #: the time that the axis shows, for makers with a time axis; None takes it from the values
    begin: datetime | None = None
    end: datetime | None = None
    #: "auto" takes a logarithmic axis for durations of which some are more than 30 times the middle one, or less
    scale: Literal["auto", "linear", "log"] = "auto"
    #: where the same series is as JSON (`charts.series`): makes the figure one that can be zoomed
    series_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCell:
    """A field of a table that leads somewhere."""

    words: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """The same facts in words and digits."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | FigureCell, ...], ...]
    #: the columns that hold numbers and stand at the right
    numbers: frozenset[int] = frozenset()
    #: what a reader of the table must know: "5,000 commits, put together by week"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """One sign of the picture and its words."""

    sign: Markup
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture, ready to be shown: `{{ figures.figure(it) }}` in a page, `charts.standalone` in a file."""

    title: str
    #: one sentence: what it shows
    says: str
    svg: Markup
    table: FigureTable
    legend: tuple[LegendEntry, ...] = ()
    series_url: str = ""
    #: as wide as it is, and scrolled sideways where there is less room
    svg_scrolls: bool = False
