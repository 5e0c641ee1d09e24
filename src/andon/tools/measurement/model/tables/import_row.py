"""One row of a file as a fact: the tables of the data catalogue, read instead of written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from andon.kernel.errors import Invalid, Problem
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Fact,
    Flip,
    Incident,
    Place,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
)
from andon.tools.measurement.model.tables.fact_tables import FACT_TABLES
from andon.tools.measurement.model.tables.import_cells import Read, expected, reader_of
from andon.tools.measurement.model.tables.table import FactTable, TableColumn

#: what a row of each table becomes; tasks of runs and labels of changes come with these, from connected tools
RECORDS: Mapping[str, Callable[..., Fact]] = {
    "commits": Commit,
    "deployments": Deployment,
    "incidents": Incident,
    "changes": Change,
    "runs": Run,
    "publications": Publication,
    "offers": PromotionOffer,
    "flips": Flip,
    "findings": SecurityFinding,
    "refusals": RuleRefusal,
}
#: the tables that can be imported, by name
TABLES: Mapping[str, FactTable] = {table.name: table for table in FACT_TABLES if table.name in RECORDS}

#: what an empty or missing cell means, where the catalogue would have something in it
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "changes": {"title": "", "author": ""},
    "commits": {"parents": ()},
    "deployments": {"commit": "", "outcome": "success", "rollback": False},
    "findings": {"severity": ""},
    "incidents": {"environment": "", "title": ""},
    "flips": {"environment": ""},
    "publications": {"commit": "", "provenance": False, "version": ""},
    "refusals": {"by": ""},
    "runs": {"attempt": 1, "trunk": True},
}
#: columns that a row may do without, because others say the same: the first of these that says something
STAND_INS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "deployments": {"repository": ("service",), "digest": ("commit", "version")},
    "publications": {"repository": ("service",), "digest": ("commit", "version")},
}
#: what cannot have happened before what
ORDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "changes": (("opened_at", "merged_at"), ("opened_at", "abandoned_at")),
    "deployments": (("started_at", "finished_at"),),
    "findings": (("opened_at", "fixed_at"),),
    "incidents": (("detected_at", "mitigated_at"), ("detected_at", "resolved_at")),
    "runs": (("queued_at", "started_at"), ("started_at", "finished_at"), ("queued_at", "finished_at")),
}


def may_miss(table: FactTable, column: TableColumn) -> str:
    """Why a file may be without a column, in words; "" when it may not."""
    instead = STAND_INS.get(table.name, {}).get(column.name)
    if instead:
        return f"else {' or '.join(instead)}"
    if column.name == "id" and table.name != "commits":
        return "else made of the row: the same row again is the same fact"
    default = DEFAULTS.get(table.name, {}).get(column.name)
    if default not in {None, "", ()}:
        return f"else {str(default).lower()}"
    return "may be empty" if column.optional or default == "" else ""


class RowReader:
    """Reads the rows of one file."""

    def __init__(self, table: FactTable, source: str, heading: Sequence[str]) -> None:
        """Errors: Invalid, when columns are missing or stand there twice."""
        self.table, self.source = table, source
        known = {column.name: column for column in table.columns}
        #: columns of the file that mean nothing here
        self.ignored = tuple(name for name in heading if name not in known)
        _check_heading(table, heading)
        self._cells: list[tuple[int, str, Read]] = [
            (index, name, reader_of(known[name], source)) for index, name in enumerate(heading) if name in known
        ]
        self._defaults = DEFAULTS.get(table.name, {})
        self._stand_ins = tuple(STAND_INS.get(table.name, {}).items())
        self._needed = tuple(column for column in table.columns if not column.optional and column.name != "id")
        self._in_a_place = any(column.path.startswith("place.") for column in table.columns)
        self._places: dict[tuple[str, str], Place] = {}

    def read(self, row: Sequence[str]) -> Fact:
        """The fact. Errors: Invalid, with the column that is wrong as the place."""
        values: dict[str, Any] = dict(self._defaults)
        for index, name, read in self._cells:
            text = row[index]
            if text:
                try:
                    values[name] = read(text)
                except Invalid as error:
                    raise Invalid(Problem(where=name, message=error.problems[0].message)) from None
        for name, instead in self._stand_ins:
            if not values.get(name):
                values[name] = next((values[other] for other in instead if values.get(other)), "")
        self._check(values)
        if "id" not in values:
            values["id"] = f"{self.source}/{_made_of(row)}"
        if self._in_a_place:
            values["place"] = self._place(values.pop("service"), values.pop("environment"))
        return RECORDS[self.table.name](**values)

    def _check(self, values: Mapping[str, Any]) -> None:
        for column in self._needed:
            if values.get(column.name) in {None, ""} and self._defaults.get(column.name) != "":
                instead = "".join(f", or else {other}" for other in dict(self._stand_ins).get(column.name, ()))
                raise Invalid(
                    Problem(where=column.name, message=f"this is empty: expected {expected(column)}{instead}.")
                )
        for first, then in ORDERS.get(self.table.name, ()):
            one, other = values.get(first), values.get(then)
            if one is not None and other is not None and other < one:
                raise Invalid(Problem(where=then, message=f"this is before {first}, {one.isoformat()}."))

    def _place(self, service: Any, environment: Any) -> Place:
        """One record for each place, however many rows are in it."""
        place = self._places.get((service, environment))
        if place is None:
            place = self._places[service, environment] = Place(service=service, environment=environment)
        return place


def _check_heading(table: FactTable, heading: Sequence[str]) -> None:
    """Errors: Invalid."""
    problems = [
        Problem(where="heading", message=f'the column "{column.name}" stands there twice.')
        for column in table.columns
        if list(heading).count(column.name) > 1
    ]
    problems += [
        Problem(where="heading", message=f'there is no column "{column.name}": {column.meaning}.')
        for column in table.columns
        if column.name not in heading and not may_miss(table, column)
    ]
    if problems:
        raise Invalid(*problems)


def _made_of(row: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(row).encode(errors="surrogatepass")).hexdigest()[:16]
