"""Rows of files, and what they become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.standards.csv_rows import print_cell, unguarded
from andon.tools.measurement.model.facts import Deployment, FactId, Incident, Place
from andon.tools.measurement.model.tables.fact_tables import FACT_TABLES
from andon.tools.measurement.model.tables.import_row import RECORDS, TABLES, RowReader, may_miss

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COMMIT = "a1" * 20


def read(table: str, **cells: str) -> Any:
    """One row of a file with these columns."""
    return RowReader(TABLES[table], "old", tuple(cells)).read(tuple(cells.values()))


def wrong(table: str, **cells: str) -> str:
    """What is wrong with it."""
    with pytest.raises(Invalid) as error:
        read(table, **cells)
    return str(error.value)


DEPLOYED = {"service": "Shop", "environment": "Production", "commit": COMMIT, "finished_at": "2026-03-01T12:00:00Z"}


def test_the_least_that_a_deployment_needs() -> None:
    """Place, time and what was deployed; the rest has a meaning of its own when it is missing."""
    found = read("deployments", **DEPLOYED)
    assert isinstance(found, Deployment)
    assert (found.place.service, found.place.environment, found.repository) == ("shop", "production", "shop")
    assert (found.digest, found.outcome, found.rollback, found.finished_at) == (COMMIT, "success", False, NOON)


def test_the_same_row_is_the_same_fact() -> None:
    """Without an id the row itself is one, so that importing twice changes nothing."""
    first, again = read("deployments", **DEPLOYED), read("deployments", **DEPLOYED)
    other = read("deployments", **{**DEPLOYED, "commit": "b2" * 20})
    assert first.id == again.id != other.id
    assert first.id.startswith("old/")


def test_ids_are_those_of_the_file_unless_they_are_whole() -> None:
    """An id with a slash names its source itself; so do the ids of what it mends."""
    found = read("deployments", **DEPLOYED, id="7", mends="6 pager/incident/1")
    assert (found.id, found.mends) == ("old/7", ("old/6", "pager/incident/1"))
    assert read("deployments", **DEPLOYED, id="hub/deployment/7").id == "hub/deployment/7"


def test_a_version_stands_in_for_a_commit() -> None:
    """One of commit, version and digest tells one revision from another."""
    cells = {name: text for name, text in DEPLOYED.items() if name != "commit"}
    assert read("deployments", **cells, version="2.15").digest == "2.15"
    assert wrong("deployments", **cells) == "digest: this is empty: expected text, or else commit, or else version."


def test_an_incident_may_last_and_may_be_anywhere() -> None:
    """Without a resolution it is open; without an environment it is the service's."""
    found = read("incidents", service="shop", detected_at="1772366400", resolved_at="")
    place = Place(service=ServiceName("shop"), environment=EnvironmentName(""))
    assert found == Incident(id=found.id, place=place, title="", detected_at=NOON)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"finished_at": "2026-03-01T12:00:00"}, "finished_at: "),
        ({"finished_at": "1772366400000"}, "Are these milliseconds?"),
        ({"finished_at": ""}, "finished_at: this is empty: expected a time with its zone"),
        ({"commit": "a1b2c3d"}, 'commit: "a1b2c3d" is no commit: expected all 40'),
        ({"service": "🚀"}, 'service: "🚀" is no name'),
        ({"outcome": "ok"}, 'outcome: "ok" is no outcome: expected success, failure, error, cancel.'),
        ({"rollback": "maybe"}, 'rollback: "maybe" is neither: expected true or false.'),
        ({"started_at": "2026-03-01T13:00:00Z"}, "finished_at: this is before started_at"),
        ({"link": "javascript:alert(1)"}, 'link: "javascript:alert(1)" is no address'),
        ({"link": "//evil.example"}, "is no address"),
        ({"reason": "x" * 2001}, "reason: the text is longer than 2,000 characters."),
        ({"by": "a\0b"}, "by: the text has a NUL character in it."),
    ],
)
def test_a_broken_cell_is_named_with_what_was_expected(cells: dict[str, str], said: str) -> None:
    """The person who has the file can mend it."""
    assert said in wrong("deployments", **{**DEPLOYED, **cells})


def test_what_the_heading_lacks_is_named_at_once() -> None:
    """Before any row is read; a column that means nothing is noted."""
    with pytest.raises(Invalid) as error:
        RowReader(TABLES["deployments"], "old", ("id", "id", "when", "service"))
    said = [str(problem) for problem in error.value.problems]
    assert said[0] == 'heading: the column "id" stands there twice.'
    assert [line.split('"')[1] for line in said[1:]] == ["environment", "finished_at"]
    assert RowReader(TABLES["deployments"], "old", (*DEPLOYED, "when")).ignored == ("when",)


def test_places_are_one_record_however_many_rows_are_in_them() -> None:
    """A million deployments of one service need it once."""
    reader = RowReader(TABLES["deployments"], "old", tuple(DEPLOYED))
    first, second = (reader.read(tuple(DEPLOYED.values())) for _ in range(2))
    assert isinstance(first, Deployment)
    assert isinstance(second, Deployment)
    assert first.place is second.place


def test_every_table_but_tasks_can_be_imported() -> None:
    """Each as the record that the catalogue prints."""
    assert {table.name for table in FACT_TABLES} - set(TABLES) == {"tasks", "labels"}
    for table in TABLES.values():
        assert all(may_miss(table, column) or not column.optional for column in table.columns)


@pytest.mark.parametrize("table", sorted(TABLES))
@settings(max_examples=30)  # for each of ten tables
@given(data=st.data())
def test_what_was_exported_is_imported(table: str, data: st.DataObject) -> None:
    """Each fact comes back as it was, as far as a row of the catalogue says it."""
    fact = data.draw(facts(table))
    columns = TABLES[table].columns
    (row,) = TABLES[table].rows([fact])
    cells = [unguarded(print_cell(cell)) for cell in row]
    found = RowReader(TABLES[table], "old", [column.name for column in columns]).read(cells)
    assert next(TABLES[table].rows([found])) == row


TEXT = st.from_regex(r"[a-zA-Z0-9=+@'éß][a-zA-Z0-9 .:,\"é-]{0,12}[a-z]", fullmatch=True)
NAME = st.from_regex(r"[a-z][a-z0-9._-]{0,8}[a-z]", fullmatch=True).filter(lambda name: ".." not in name)
SHA = st.from_regex(r"[1-9a-f][0-9a-f]{39}", fullmatch=True)
IDS = st.from_regex(r"[a-z]{2,5}/[a-z0-9]{1,6}", fullmatch=True).map(FactId)
LINK = st.sampled_from(["", "/runs/7", "https://x.example/a?b=c"])


@st.composite
def facts(draw: st.DrawFn, table: str) -> Any:
    """One of a kind, with times in their order."""
    times = [NOON + timedelta(microseconds=draw(st.integers(0, 10**12))) for _ in range(5)]
    values: dict[str, Any] = {}
    ordered = iter(sorted(times))
    for column in TABLES[table].columns:
        if column.kind == "time":
            values[column.name] = None if column.optional and draw(st.booleans()) else next(ordered, max(times))
        elif column.kind == "list":
            each = SHA if column.name == "parents" else IDS
            values[column.name] = tuple(draw(st.lists(each, max_size=3)))
        else:
            values[column.name] = draw(_one(table, column.name, column.kind))
    if any(column.path.startswith("place.") for column in TABLES[table].columns):
        values["place"] = Place(service=values.pop("service"), environment=values.pop("environment"))
    return RECORDS[table](**values)


def _one(table: str, name: str, kind: str) -> st.SearchStrategy[Any]:
    if kind in {"truth", "whole"}:
        return st.booleans() if kind == "truth" else st.integers(1, 9)
    known: dict[str, st.SearchStrategy[Any]] = {
        "id": SHA if table == "commits" else IDS,
        "commit": SHA,
        "head": st.none() | SHA,
        "merge_commit": st.none() | SHA,
        "outcome": st.sampled_from(["success", "failure", "error", "cancel"]),
        "link": LINK,
        **dict.fromkeys(("service", "environment", "repository"), NAME),
    }
    return known.get(name, TEXT)
