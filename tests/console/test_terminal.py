"""What a terminal can do."""

from __future__ import annotations

import io
import os
import pty
import termios

import pytest

from andon.console.terminal import harmless, terminal_of


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
