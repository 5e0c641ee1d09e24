"""Colour and lamps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from andon.console.lamps import LAMPS
from andon.console.paint import Paint, plain, wrapped


def test_without_colour_only_shapes_and_words_are_left() -> None:
    """And they are enough."""
    paint = Paint(colour=False)
    assert paint.bad("no") == "no"
    assert paint.lamp("success", "unit") == "✓ unit"
    assert paint.state("running") == "▸ running"
    assert paint.state("failure", "red") == "✗ red"


def test_with_colour_the_text_is_the_same() -> None:
    """Nothing is said by colour alone."""
    for state in LAMPS:
        assert plain(Paint(colour=True).state(state)) == Paint(colour=False).state(state)


def test_a_state_nobody_knows_has_a_quiet_lamp() -> None:
    """A newer server may have more."""
    assert Paint(colour=False).state("baking") == "· baking"


def test_colours_take_no_width() -> None:
    """What is painted wraps as what is not; spaces inside a command stay."""
    text = Paint(colour=True).strong("one") + " two  three four"
    assert [plain(line) for line in wrapped(text, 12, "  ").split("\n")] == ["one two ", "  three four"]


@given(st.text("ab c", max_size=60), st.integers(5, 30))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    """Only blanks become new lines; what can be cut fits."""
    lines = wrapped(text, width).split("\n")
    assert " ".join(lines) == text
    assert all(len(line) <= width or " " not in line[1 : width + 1] for line in lines)
