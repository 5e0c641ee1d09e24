"""Documents point at their problems."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid, Problem
from andon.standards.toml import MAX_BYTES, excerpt, read


def refused(text: str) -> Problem:
    """The one problem of a text that is no TOML."""
    with pytest.raises(Invalid) as caught:
        read(text, "some.toml")
    (problem,) = caught.value.problems
    return problem


def test_a_problem_points_at_the_value() -> None:
    """File, line and column, and the line itself with carets under the value."""
    problem = read('x = 1\n  name = "shop" # c\n', "f.toml").problem(("name",), "no.", "Do.")
    assert (problem.where, problem.message, problem.remedy) == ("f.toml:2:10", "no.", "Do.")
    assert problem.excerpt == '2 |   name = "shop" # c\n  |          ^^^^^^'


def test_a_problem_can_point_at_the_key() -> None:
    """For a key that should not be there."""
    assert read("a = 1", "f.toml").problem(("a",), "no.", at="key").where == "f.toml:1:1"


def test_a_problem_with_something_missing_points_at_what_should_have_it() -> None:
    """The header of the table; of a whole file only its name."""
    document = read("\n[task.unit]\nx = 1", "f.toml")
    assert document.problem(("task", "unit", "run"), "missing.").where == "f.toml:2:7"
    assert document.problem(("schema",), "missing.").where == "f.toml"


def test_a_value_over_many_lines_is_marked_on_its_first() -> None:
    """Carets end where the line ends."""
    assert read('a = """x\ny"""', "f").problem(("a",), "no.").excerpt.endswith("|     ^^^^")


def test_lines_that_end_as_on_windows_have_the_same_places() -> None:
    """Neither the byte order mark nor the carriage returns count."""
    document = read("\ufeffa = 1\r\nb = 2\r\n", "f")
    assert document.data == {"a": 1, "b": 2}
    assert document.problem(("b",), "no.").where == "f:2:5"


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("a = ", "some.toml:1:5", 'expected a value here; text stands in quotes: "like this".'),
        ("a = yes", "some.toml:1:5", 'expected a value here; text stands in quotes: "like this".'),
        ("x\n", "some.toml:1:2", "expected = and a value after this key."),
        ("a = 1\na = 2", "some.toml:2:1", "this key is given twice."),
        ("[a]\n[a]", "some.toml:2:1", "this table is declared twice."),
        ("a = [1,\n2", "some.toml:2:2", "this list is not closed: expected , or ]."),
        ('a = "x\n', "some.toml:1:7", "this text is not closed: expected a quote before the end of the line."),
        ("a = 'x", "some.toml:1:7", "this text is not closed: expected a quote."),
        ("[a", "some.toml:1:3", "this is not closed: expected ]."),
        ("a = 1 b = 2", "some.toml:1:7", "expected the end of the line here."),
        ("?", "some.toml:1:1", "expected a [table] or a key = value here."),
        ("a" + ".a" * 40 + " = 1", "some.toml:1:49", "nested too deeply here."),
    ],
)
def test_what_is_no_toml_is_said_in_plain_words(text: str, where: str, message: str) -> None:
    """With its place and a caret, like every other problem."""
    problem = refused(text)
    assert (problem.where, problem.message) == (where, message)
    assert problem.excerpt.rstrip("^").endswith(" ")


def test_a_huge_file_is_not_parsed() -> None:
    """Whoever pushes cannot keep the parser busy."""
    assert "256 KiB" in refused("#" * (MAX_BYTES + 1)).message


def test_a_long_line_is_cut_around_the_place() -> None:
    """The caret is still under it."""
    line = "x" * 500 + "HERE" + "y" * 500
    source, carets = excerpt(7, line, 501, 4).splitlines()
    assert len(source) < 130
    assert source[carets.index("^") : carets.index("^") + 4] == "HERE"


def test_an_excerpt_is_harmless_to_a_terminal() -> None:
    """Control characters of a pushed file never reach it; a tab stays, above and below."""
    assert "\x1b" not in refused("a = 1\n\x1b[31m = 2").excerpt
    assert excerpt(1, "\tx", 2, 1).splitlines()[1] == "  | \t^"


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else ever comes out."""
    with suppress(Invalid):
        read(text, "f")
