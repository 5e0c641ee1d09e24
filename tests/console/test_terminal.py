"""What a terminal can do."""

from __future__ import annotations

import io
import json
import os
import pty
import termios
from dataclasses import dataclass

import pytest

from andon.console.failures import show_failure
from andon.console.tables import table
from andon.console.terminal import harmless, inert, terminal_of
from andon.kernel.errors import NotFound
from tests.terminals import screen


def test_a_file_has_no_colour_and_cuts_nothing() -> None:
    """Neither has a pipe."""
    terminal = terminal_of(io.StringIO(), io.StringIO())
    assert (terminal.colour, terminal.moving, terminal.width) == (False, False, 1000)


def test_a_terminal_has_colour_and_its_own_width() -> None:
    """Unless NO_COLOR says no; that takes the colour, not the width."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 91))
    with os.fdopen(theirs, "w") as out, os.fdopen(ours, "rb", buffering=0):
        terminal = terminal_of(out, out)
        assert (terminal.colour, terminal.err_colour, terminal.moving, terminal.width) == (True, True, True, 91)
        assert terminal_of(out, out, no_color=True).colour is False
        assert terminal_of(out, out, no_color=True).width == 91
        assert terminal_of(out, io.StringIO()).err_colour is False


def test_a_terminal_that_does_not_know_its_width_has_eighty_columns() -> None:
    """As they always had."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (0, 0))
    with os.fdopen(theirs, "w") as out, os.fdopen(ours, "rb", buffering=0):
        assert terminal_of(out, out).width == 80


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31mred\x1b[0m\tand\nmore", "\x1b[31mred\x1b[0m\tand\nmore"),
        ("\x1b[2J\x1b]0;title\x07", "�[2J�]0;title�"),
        ("\x1b]8;;http://elsewhere\x1b\\here", "�]8;;http://elsewhere�\\here"),
        ("\x9b2J", "�2J"),
        ("\x1b[38;5;8mgrey\x1b[1;38;2;8;5;6mmixed", "\x1b[38;5;8mgrey\x1b[1;38;2;8;5;6mmixed"),
        ("\x1b[8mhidden\x1b[0;08mtoo\x1b[38;5;1;8mand this", "�hidden�too�and this"),
        ("\u202egnp.exe", "�gnp.exe"),
        ("10 %\r20 %", "10 %�20 %"),
    ],
)
def test_nothing_that_is_shown_gives_orders_to_the_terminal(written: str, shown: str) -> None:
    """A commit's subject cannot clear the screen, set a title, hide a link or turn what comes after it around."""
    assert harmless(written) == shown
    out, err = io.StringIO(), io.StringIO()
    terminal = terminal_of(out, err)
    terminal.print(written)
    terminal.note(written)
    assert out.getvalue() == err.getvalue() == f"{shown}\n"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody wrote."""

    subject: str
    more: tuple[dict[str, str], ...] = ()


def test_what_others_told_has_no_colour_of_its_own() -> None:
    """Wherever in it: colours say something here, and only we say it."""
    hidden = "shop \x1b[8mnot\x1b[0m verified"
    plain = "shop �[8mnot�[0m verified"
    assert inert(hidden) == plain
    assert inert(Told(hidden, ({hidden: hidden},))) == Told(plain, ({plain: plain},))
    assert inert([1, None, "größe\n\t"]) == [1, None, "größe\n\t"]


def test_what_a_command_shows_is_painted_by_us_only() -> None:
    """In sentences, in tables, and in what went wrong; programs get it as it is."""
    told = {"subject": "\x1b[32mverified"}
    for render in (lambda it: it["subject"], lambda it: table(["*subject"], [[it["subject"]]])):
        shown = screen()
        shown.session.show(told, render)
        assert "�[32mverified" in shown.text
    failed = screen()
    show_failure(failed.session, NotFound(told["subject"]))
    assert "✗ �[32mverified" in failed.notes
    programs = screen(json=True)
    programs.session.show(told, str)
    assert json.loads(programs.text) == told
