"""CSV that people wrote: a broken row is named, and the next one is read all the same."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.csv_lines import CsvLines, CsvRow
from andon.standards.csv_rows import print_rows
from andon.standards.text_lines import lines_of


def rows_of(text: str | bytes) -> list[CsvRow]:
    """All rows of a file."""
    return list(CsvLines((text.encode() if isinstance(text, str) else text,)).rows())


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_separate_in_their_own_ways(separator: str) -> None:
    """Comma, semicolon and tab; a byte order mark; either end of line; the last line may have none."""
    text = "\ufeffname,at\r\na,1\n\nb,2".replace(",", separator)
    lines = CsvLines((text.encode(),))
    assert lines.heading == ("name", "at")
    assert [row.cells for row in lines.rows()] == [("a", "1"), ("b", "2")]


def test_a_cell_may_hold_quotes_separators_and_lines() -> None:
    """As RFC 4180 has it."""
    rows = rows_of('a,b\n"1,""x""","2\n3"\n4,5\n')
    assert [(row.line, row.cells) for row in rows] == [(2, ('1,"x"', "2\n3")), (4, ("4", "5"))]


def test_a_broken_row_does_not_take_others_with_it() -> None:
    """Too few cells, a quote that is never closed, another encoding: each is named by its line."""
    content = b'a,b\n1,2\n3\n"4,5\n6,7\n8,9,10\n\xff,11\n12,13\n'
    rows = rows_of(content)
    assert [(row.line, row.cells) for row in rows if not row.trouble] == [
        (2, ("1", "2")),
        (5, ("6", "7")),
        (8, ("12", "13")),
    ]
    assert [(row.line, row.trouble.split(":")[0]) for row in rows if row.trouble] == [
        (3, "expected 2 cells as in the heading, found 1."),
        (4, "a quotation mark is opened here and never closed."),
        (6, "expected 2 cells as in the heading, found 3."),
        (7, "this is no UTF-8"),
    ]


def test_a_line_that_never_ends_is_not_kept() -> None:
    """The rows around it are read, and memory stays small."""
    pieces = (b"a\n1\n", *(b"x" * 1_000_000 for _ in range(6)), b"\n2\n")
    rows = list(CsvLines(pieces).rows())
    assert [(row.line, row.cells, bool(row.trouble)) for row in rows] == [
        (2, ("1",), False),
        (3, (), True),
        (4, ("2",), False),
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", "a;b\n1;2".encode("utf-16"), b"\xe9\n1"])
def test_a_file_without_a_heading_is_refused(content: bytes) -> None:
    """Nothing can be said of its rows."""
    with pytest.raises(Invalid, match="line 1"):
        CsvLines((content,))


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)


@example([("", "0\n", "=")])
@given(st.lists(st.tuples(CELL, CELL, CELL).filter(lambda row: any(cell.strip() for cell in row)), max_size=6))
def test_what_is_printed_is_read_again(rows: list[tuple[str, str, str]]) -> None:
    """Cells with quotes, separators and lines come back as they were."""
    text = print_rows([("a", "b", "c"), *rows])
    found = [row for row in rows_of(text) if not row.trouble]
    assert [row.cells for row in found] == rows


@given(st.binary(max_size=200))
def test_any_file_ends(content: bytes) -> None:
    """Whatever stands in it, every row is read or named, and no line is counted twice."""
    rows = rows_of(b"a,b\n" + content)
    assert [row.line for row in rows] == sorted({row.line for row in rows})


@given(st.lists(st.binary(max_size=8), max_size=8))
def test_lines_do_not_depend_on_how_the_bytes_are_cut(pieces: list[bytes]) -> None:
    """The same lines come out of the same bytes."""
    assert list(lines_of(pieces)) == list(lines_of([b"".join(pieces)]))


def test_plain_csv_is_read_as_the_standard_library_reads_it() -> None:
    """A file with quotes in half of its rows."""
    text = print_rows([("a", "b"), *((f"x{n}", 'y,"z"' if n % 2 else "y") for n in range(50))])
    assert [list(row.cells) for row in rows_of(text)] == list(csv.reader(io.StringIO(text, newline="")))[1:]
