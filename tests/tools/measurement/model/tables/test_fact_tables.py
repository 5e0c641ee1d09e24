"""The data catalogue: every field of every fact is a column, and every column says what it means."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Flip,
    Incident,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
    TaskTime,
)
from andon.tools.measurement.model.tables import fact_tables as tables
from andon.tools.measurement.model.tables.other_tables import BY_NAME, PULSE, TABLES
from andon.tools.measurement.model.tables.table import FactTable
from andon.tools.measurement.people import PulseWeek

FACTS = {
    Commit: tables.COMMITS,
    Deployment: tables.DEPLOYMENTS,
    Incident: tables.INCIDENTS,
    Change: tables.CHANGES,
    Run: tables.RUNS,
    TaskTime: tables.TASKS,
    Publication: tables.PUBLICATIONS,
    PromotionOffer: tables.OFFERS,
    Flip: tables.FLIPS,
    SecurityFinding: tables.FINDINGS,
    RuleRefusal: tables.REFUSALS,
}
#: tables of their own
ELSEWHERE = {"tasks", "labels"}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact.__name__))
def test_every_field_of_a_fact_is_a_column(fact: type) -> None:
    """What is not in the table would be lost to whoever takes the facts elsewhere."""
    expected = {"service", "environment"} if "place" in {field.name for field in fields(fact)} else set()
    expected |= {field.name for field in fields(fact)} - {"place"} - ELSEWHERE
    assert expected <= set(FACTS[fact].names)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_every_column_says_what_it_means(table: FactTable) -> None:
    """Names are words with underscores, given once; keys and the time are columns."""
    assert len(set(table.names)) == len(table.names)
    assert {*table.key, table.time} <= set(table.names)
    for column in table.columns:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", column.name)
        assert len(column.meaning) > 1
    assert table.meaning.endswith(".")
    assert table.source


def test_tables_are_named_once() -> None:
    """And can be asked for by name."""
    assert len(BY_NAME) == len(TABLES)


def test_the_pulse_is_told_by_week() -> None:
    """While people could be told apart, only how many answered."""
    weeks = (
        PulseWeek(week="2026-W48", n=2, median=None, counts=()),
        PulseWeek(week="2026-W47", n=6, median=4, counts=()),
    )
    assert list(PULSE.rows(weeks)) == [("2026-W48", 2, None), ("2026-W47", 6, 4)]
