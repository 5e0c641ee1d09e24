"""Something that is happening, in a pipe and in a terminal."""

from __future__ import annotations

import io

from andon.console.live import LiveLines
from andon.console.session import Session
from andon.console.terminal import Terminal
from tests.terminals import screen


def test_in_a_pipe_only_what_is_done_is_printed() -> None:
    """Each line once."""
    shown = screen()
    with LiveLines(shown.session) as live:
        live.moving(["▸ unit"])
        live.done("✓ unit")
    assert shown.text == "✓ unit\n"


def test_with_json_nothing_is_printed() -> None:
    """The answer comes at the end, alone."""
    shown = screen(json=True)
    with LiveLines(shown.session) as live:
        live.done("✓ unit")
    assert shown.text == ""


def test_in_a_terminal_what_moves_is_drawn_and_taken_away() -> None:
    """What is done stays above it."""
    out = io.StringIO()
    terminal = Terminal(out=out, err=out, colour=True, err_colour=True, width=80, moving=True)
    session = Session(url="", find_token=lambda _: "", json=False, terminal=terminal)
    with LiveLines(session) as live:
        live.moving(["▸ unit"])
        live.done("✓ lint")
        live.moving(["▸ unit", "▸ docs"])
    assert "✓ lint" in out.getvalue()
    assert out.getvalue().count("▸ docs") >= 1
    assert out.getvalue().rstrip().endswith("\x1b[2K")
