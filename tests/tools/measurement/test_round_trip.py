"""What is exported as CSV can be imported again, and is the same."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from andon.tools.measurement.adapters.tables_csv.files import CsvFile
from andon.tools.measurement.exports import fact_rows
from andon.tools.measurement.importing import FactFile
from andon.tools.measurement.model.facts import Run
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.tables.import_row import TABLES
from andon.tools.measurement.model.tables.table import FactTable
from tests.tools.measurement.year import year
from tests.tools.measurement.year_shape import Shape


@cache
def history() -> History:
    """A small year with everything in it."""
    return year(Shape(services=("shop", "billing"), changes=80, wrong=0.2))


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: str(table.name))
def test_every_row_comes_back(table: FactTable, tmp_path: Path) -> None:
    """As the same fact; the tasks of runs are a table of their own."""
    file = tmp_path / f"{table.name}.csv"
    before = list(fact_rows(table, history()))
    CsvFile().write(table, before, file)
    read = FactFile("again", table)
    facts = list(read.csv([file.read_bytes()]))
    assert not read.ignored
    assert list(table.rows(facts)) == before


def test_runs_come_back_without_their_tasks(tmp_path: Path) -> None:
    """The reference says so."""
    table = TABLES["runs"]
    file = tmp_path / "runs.csv"
    CsvFile().write(table, fact_rows(table, history()), file)
    runs = [fact for fact in FactFile("again", table).csv([file.read_bytes()]) if isinstance(fact, Run)]
    assert len(runs) == len(history().facts(Run)) > 10
    assert {run.tasks for run in runs} == {()}
