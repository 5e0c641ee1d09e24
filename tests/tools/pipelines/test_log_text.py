"""Log lines as they are read."""

from __future__ import annotations

import pytest

from andon.tools.pipelines.log_text import readable


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("plain text", "plain text"),
        ("\x1b[32mPASSED\x1b[0m test", "PASSED test"),
        ("\x1b]0;title\x07after", "after"),
        ("10 %\r50 %\r100 %", "100 %"),
        ("windows line\r", "windows line"),
        ("a\tb", "a\tb"),
        ("bell\x07 and null\x00", "bell and null"),
        ("\x1b[2K\x1b[1Gdone", "done"),
        ("broken \x1b[", "broken ["),
        ("\x9b2Jcleared", "2Jcleared"),
        ("\u202egnp.exe", "gnp.exe"),
    ],
)
def test_orders_to_a_terminal_are_taken_out(printed: str, read: str) -> None:
    """Colours, cursor movements and rewritten lines leave what a person would see at the end."""
    assert readable(printed) == read
