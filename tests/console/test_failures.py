"""Errors become words and exit codes in one place."""

from __future__ import annotations

import errno
import json

import pytest

from andon.console.failures import exit_code, failure_of, show_failure
from andon.console.paint import plain
from andon.kernel.errors import AndonError, Forbidden, Invalid, NotFound, PortError, Problem, Refused
from tests.terminals import screen

FROZEN = Refused("freeze_window", "production is frozen until Mon 08:00 UTC.", "If it must be:  andon promote --now")
SLIP = Problem(
    where="andon.toml:2:1", message="unknown key.", excerpt="2 | nmae\n  | ^^^^", remedy='Did you mean "name"?'
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FROZEN, 2),
        (Forbidden("No."), 2),
        (Invalid("No."), 1),
        (NotFound("No."), 1),
        (PortError("No."), 1),
        (AndonError("No."), 1),
    ],
)
def test_the_exit_code_says_refused_or_failed(error: AndonError, code: int) -> None:
    """2 when a rule or a missing right said no, 1 for everything else."""
    assert exit_code(error) == code


def test_a_refusal_says_rule_reason_and_what_to_do() -> None:
    """On the error stream, so that a pipe gets only answers."""
    shown = screen()
    show_failure(shown.session, FROZEN)
    assert shown.notes == (
        "✗ refused by freeze_window: production is frozen until Mon 08:00 UTC.\n  If it must be:  andon promote --now\n"
    )
    assert shown.text == ""


def test_a_refusal_fits_the_terminal() -> None:
    """Cut between words; what follows is indented."""
    shown = screen(width=40)
    show_failure(shown.session, FROZEN)
    assert all(len(line) <= 40 for line in shown.notes.splitlines())
    assert shown.notes.splitlines()[1].startswith("  ")


def test_problems_are_said_like_a_compiler_does() -> None:
    """Place, message, the line with its caret, what to do; and how many there are."""
    shown = screen()
    show_failure(shown.session, Invalid(SLIP, Problem(where="x", message="no.")))
    assert shown.notes.splitlines() == [
        "✗ andon.toml:2:1",
        "  unknown key.",
        "    2 | nmae",
        "      | ^^^^",
        '    → Did you mean "name"?',
        "",
        "✗ x: no.",
        "",
        "✗ 2 problems",
    ]


def test_problems_fit_the_terminal() -> None:
    """What is said is cut between words; the source line stays as it is."""
    shown = screen(width=20)
    slip = Problem(
        where="a:1:1", message="one two three four five", excerpt="1 | " + "x" * 30, remedy="Do this or do that."
    )
    show_failure(shown.session, Invalid(slip))
    assert shown.notes.splitlines() == [
        "✗ a:1:1",
        "  one two three four",
        "  five",
        "    1 | " + "x" * 30,
        "    → Do this or do",
        "      that.",
    ]


def test_very_many_problems_are_cut() -> None:
    """The first fifty are enough to begin with."""
    shown = screen()
    show_failure(shown.session, Invalid(*[f"problem {n}." for n in range(80)]))
    assert shown.notes.endswith("✗ 80 problems, of which the first 50 are shown\n")


def test_colour_adds_nothing_that_is_not_there_without_it() -> None:
    """Shape and word say it all."""
    plain_screen, coloured = screen(), screen(colour=True)
    for shown in (plain_screen, coloured):
        show_failure(shown.session, Invalid(SLIP, SLIP))
        show_failure(shown.session, FROZEN)
    assert "\x1b[31m" in coloured.notes
    assert plain(coloured.notes) == plain_screen.notes


def test_with_json_an_error_has_the_shape_of_the_api() -> None:
    """On the output, where the answer would be."""
    shown = screen(json=True)
    show_failure(shown.session, FROZEN)
    assert json.loads(shown.text)["error"] == {
        "kind": "refused",
        "rule": "freeze_window",
        "reason": FROZEN.reason,
        "remedy": FROZEN.remedy,
        "problems": [],
    }
    other = screen(json=True)
    show_failure(other.session, Invalid(SLIP))
    assert json.loads(other.text)["error"]["problems"][0]["where"] == "andon.toml:2:1"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), "/a/b: Permission denied. Run the command as"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device. Make room on this disk"),
        (OSError("odd"), "odd."),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "no UTF-8 text. Convert it first"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "no UTF-8 text. Convert it first"),
    ],
)
def test_what_the_system_kept_from_happening_is_one_sentence(error: OSError | UnicodeError, says: str) -> None:
    """No command ends with a traceback because of a file or of bytes."""
    assert says in str(failure_of(error))
