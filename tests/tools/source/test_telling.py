"""Lines for the terminal at the other end of a push."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Refused
from andon.kernel.ids import CommitId
from andon.tools.source.telling import WIDTH, detached_line, fitted, refusal_lines


@given(st.text())
def test_a_line_fits_and_stays_one_line(text: str) -> None:
    """Whatever is in a commit's subject, it can neither move the cursor nor colour the terminal."""
    line = fitted(text)
    assert len(line) <= WIDTH
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(character) == "Cc" for character in line)


def test_an_escape_sequence_is_defused() -> None:
    """It is shown without what makes it one."""
    assert fitted("\x1b[31mred\x07\rgone") == " [31mred  gone"


def test_a_long_line_ends_in_an_ellipsis() -> None:
    """One can see that there was more."""
    assert fitted("x" * 300) == "x" * (WIDTH - 1) + "…"


def test_a_refusal_wraps_its_words_and_keeps_its_excerpt() -> None:
    """Prose is wrapped; a source line with its caret keeps its columns."""
    lines = list(refusal_lines(Refused("line_is_valid", 'line.toml:1:1: unknown.\nnaem = "x"\n^^^^', "word " * 40)))
    assert lines[1:4] == ["✗ refused by line_is_valid: line.toml:1:1: unknown.", '  naem = "x"', "  ^^^^"]
    assert all(len(line) <= WIDTH for line in lines)
    assert len(lines) == 8


def test_a_second_problem_is_wrapped_as_the_first_and_excerpts_are_not() -> None:
    """Nothing of what is wrong is cut off; carets stay below what they point at."""
    lines = list(
        refusal_lines(Refused("r", f"first.\nsecond {'word ' * 40}\n12 | {'x' * 200}\n   | {' ' * 90}^^^^^^^^^", ""))
    )
    assert " ".join(lines).count("word") == 40
    assert [line[-1:] for line in lines[-3:-1]] == ["…", "…"]


def test_a_detached_push_is_told_in_one_line() -> None:
    """Commit and subject."""
    assert detached_line(CommitId("a81f3c" + "0" * 34), "Fix\x1b").startswith('andon  a81f3c0 "Fix "')
