"""CSV that every program reads alike and no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.standards.csv_rows import guarded, print_cell, print_rows, unguarded

AT = datetime(2026, 5, 4, 9, 30, 0, 250000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("shop", "shop"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-0.25, "-0.25"),
        (AT, "2026-05-04T09:30:00.250000Z"),
        (AT.astimezone(timezone(timedelta(hours=2))), "2026-05-04T09:30:00.250000Z"),
        (("a", "b"), "a b"),
        ((), ""),
    ],
)
def test_each_kind_of_cell(cell: str | float | bool | datetime | tuple[str, ...] | None, text: str) -> None:
    """Numbers and times as they are, times in UTC."""
    assert print_cell(cell) == text


def test_lines_end_as_the_standard_says() -> None:
    """CR LF, quotes only where they are needed, doubled inside."""
    assert print_rows([("a", 'say "hi", she'), ("b\nc", None)]) == 'a,"say ""hi"", she"\r\n"b\nc",\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")', "'=1"])
def test_a_formula_is_guarded(text: str) -> None:
    """A spreadsheet shows it and does not run it."""
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "shop", "it's", "'quoted'", "a=b", "2026-05-04"])
def test_other_text_is_left_alone(text: str) -> None:
    """Nothing is added where nothing could run."""
    assert guarded(text) == text


@given(st.lists(st.lists(st.text(alphabet="'=+-@\t\r\n,\"ab é", max_size=6), min_size=1, max_size=4)))
def test_what_is_printed_is_what_is_read(rows: list[list[str]]) -> None:
    """Whatever a text holds."""
    back = csv.reader(io.StringIO(print_rows(rows), newline=""))
    assert [[unguarded(cell) for cell in row] for row in back] == rows
