"""Printed lines as a terminal shows them at the end."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.standards.terminal_text import Span, Style, painted, readable, spans

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "ansi"


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("plain text", "plain text"),
        ("\x1b[32mPASSED\x1b[0m test", "PASSED test"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10 %\r50 %\r100 %", "100 %"),
        ("100 %\rdone\x1b[K", "done"),
        ("windows line\r", "windows line"),
        ("|\x08/\x08-\x08ok", "ok"),
        ("a\tb", "a\tb"),
        ("bell\x07 and null\x00", "bell and null"),
        ("old\x1b[2K\x1b[1Gdone", "done"),
        ("a\x1b[3Cb\x1b[2Dc", "a  cb"),
        ("broken \x1b[", "broken ["),
        ("\x9b2Jcleared", "2Jcleared"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\x1b[999999999Cfar", None),
    ],
)
def test_orders_to_a_terminal_are_followed_or_dropped(printed: str, read: str | None) -> None:
    """What a person would see at the end; a move to nowhere costs no memory."""
    shown = readable(printed)
    assert shown == read if read is not None else len(shown) < 20_000


@pytest.mark.parametrize(
    ("printed", "style"),
    [
        ("\x1b[31mx", Style(colour=1)),
        ("\x1b[1;4;91mx", Style(colour=9, bold=True, underlined=True)),
        ("\x1b[41;97mx", Style(colour=15, background=1)),
        ("\x1b[38;5;196mx", Style(colour=9)),
        ("\x1b[38;2;0;200;10mx", Style(colour=2)),
        ("\x1b[38:5:4mx", Style(colour=4)),
        ("\x1b[48;5;250mx", Style(background=7)),
        ("\x1b[1m\x1b[22m\x1b[31m\x1b[39mx", Style()),
        ("\x1b[8mx", Style()),
        ("\x1b[31m\x1b[mx", Style()),
        ("\x1b[38;5mx", Style(colour=0)),
        ("\x1b[7mx", Style(inverse=True)),
    ],
)
def test_styles_are_read(printed: str, style: Style) -> None:
    assert spans(printed) == (Span("x", style),)


def test_styles_become_classes_and_orders_of_our_own() -> None:
    assert Style(colour=9, bold=True, background=4).classes == "ansi-bold ansi-bright-red ansi-on-blue"
    assert Style(colour=1, inverse=True).classes == "ansi-on-red"
    assert painted("\x1b[1;31;8mE\x1b[0m x\x1b[2J") == "\x1b[1;31mE\x1b[0m x"


@given(st.text(st.sampled_from("\x1b[]0123456789;:mKGCDA\r\x08\x07 ab\u202e\x9b"), max_size=200))
def test_nothing_but_text_and_our_own_styles_is_left(line: str) -> None:
    shown = readable(line)
    assert shown.isprintable()
    left = re.sub(r"\x1b\[[0-9;]+m", "", painted(line))
    assert left == shown
    assert all(re.fullmatch(r"[a-z -]*", span.style.classes) for span in spans(line))


def _colours(raw: str) -> list[tuple[str, str]]:
    """Text and colour of what is coloured."""
    lines = (span for line in raw.split("\n") for span in spans(line))
    return [(span.text, str(span.style.colour)) for span in lines if span.style.colour is not None]


@pytest.mark.parametrize("name", ["control", "curl", "huge-line", "rustfmt"])
def test_what_builds_printed_reads_as_another_renderer_reads_it(name: str) -> None:
    """The other two move between lines, which is not followed."""
    raw = VECTORS / f"{name}.sh.raw"
    if not raw.exists():
        pytest.skip(f"the shared vectors are not here: {VECTORS}")
    rendered = (VECTORS / f"{name}.sh.rendered").read_text().replace("&nbsp;", "")
    expected = html.unescape(re.sub(r"<[^>]*>", "", rendered))
    lines = [readable(line).rstrip() for line in raw.read_bytes().decode(errors="replace").split("\n")]
    shown, wanted = "\n".join(lines).strip(), "\n".join(line.rstrip() for line in expected.split("\n")).strip()
    # that one breaks lines of more than 32,000 columns
    assert shown.replace("\n", "") == wanted.replace("\n", "")


def test_colours_are_those_of_another_renderer() -> None:
    raw = VECTORS / "rustfmt.sh.raw"
    if not raw.exists():
        pytest.skip(f"the shared vectors are not here: {VECTORS}")
    found = re.findall(r'<span class="term-fg3(\d)">([^<]*)</span>', (VECTORS / "rustfmt.sh.rendered").read_text())
    expected = [(html.unescape(text), colour) for colour, text in found]
    assert _colours(raw.read_text()) == expected
