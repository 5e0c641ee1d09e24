"""Which lines of a failed task are shown first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.pipelines.model.failing_lines import MOST_LINES, failing_lines
from andon.tools.pipelines.model.run_state import TestCounts

NOISE = tuple(f"step {number} of many" for number in range(60))
PYTHON = (
    "Traceback (most recent call last):",
    '  File "app.py", line 3, in <module>',
    "    total()",
    "ValueError: no total",
)
GCC = (
    "cc -c main.c",
    "main.c: In function 'main':",
    "main.c:4:12: error: expected ';' before 'return'",
    "    4 |   int a = 1",
    "      |            ^",
    "make: *** [Makefile:2: main.o] Error 1",
)
RUST = ("error[E0425]: cannot find value `x` in this scope", " --> src/main.rs:2:5", "  |", "2 |     x", "  |     ^")
GO = ("--- FAIL: TestTotal (0.00s)", "    total_test.go:8: got 1, want 2", "FAIL", "FAIL\tshop\t0.002s")
NODE = ("/src/app.js:3", "TypeError: x is not a function", "    at Object.<anonymous> (/src/app.js:3:1)")
NPM = ("npm ERR! code ELIFECYCLE", "npm ERR! errno 1")


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ((*NOISE, *PYTHON), PYTHON),
        ((*PYTHON, *NOISE, *PYTHON[:3], "KeyError: 'b'", "cleaning up"), (*PYTHON[:3], "KeyError: 'b'")),
        ((*NOISE, *GCC), GCC[2:]),
        ((*NOISE, *RUST), RUST[:4]),
        ((*NOISE, *GO), GO),
        ((*NOISE, *NODE), NODE[1:]),
        ((*NOISE, *NPM, ""), NPM),
        ((*NOISE, "sh: 1: foo: not found"), ("sh: 1: foo: not found",)),
        ((*NOISE, "\x1b[31merror:\x1b[0m bad", "at x"), ("error: bad", "at x")),
        (NOISE, NOISE[-10:]),
        ((), ()),
    ],
)
def test_the_part_that_looks_like_the_cause_is_shown(printed: tuple[str, ...], shown: tuple[str, ...]) -> None:
    """Of Python, C, Rust, Go, Node, npm and shells; of anything else the end."""
    assert failing_lines(None, printed) == shown


def test_what_tests_say_comes_before_the_log() -> None:
    tests = TestCounts(passed=1, failed=2, skipped=0, failures=("a::b", "a::c"), messages=("1 is not 2", ""))
    assert failing_lines(tests, PYTHON) == ("a::b: 1 is not 2", "a::c")


def test_a_long_traceback_keeps_its_ends() -> None:
    shown = failing_lines(None, (PYTHON[0], *["  frame"] * 90, "RecursionError: too deep"))
    assert len(shown) == MOST_LINES
    assert (shown[0], shown[1], shown[-1]) == (PYTHON[0], "  …", "RecursionError: too deep")


@given(st.lists(st.sampled_from([*PYTHON, *GCC, *GO, "", " ", "x" * 500, "\x1b[2J"]), max_size=300))
def test_it_is_never_much(printed: list[str]) -> None:
    shown = failing_lines(None, printed)
    assert len(shown) <= MOST_LINES
    assert all(len(line) <= 200 for line in shown)
