"""Tables and trees fit the terminal."""

from __future__ import annotations

from andon.console.tables import table, tree
from tests.terminals import screen

LONG = "Fix rounding of totals in a subject line that does not fit a narrow terminal"


def lines(width: int, colour: bool = False) -> list[str]:
    """A table of runs as it is printed."""
    shown = screen(width=width, colour=colour)
    state = shown.session.paint.state("failure", "red")
    rows = [["815", LONG, "13.4 s", state], ["9", "Add", "0.4 s", "✓ green"]]
    shown.session.rich.print(table(["run", "*change", ">took", "state"], rows))
    return shown.text.splitlines()


def test_a_wide_table_is_printed_whole() -> None:
    """Headings without marks, numbers to the right, no boxes."""
    head, first, second = lines(200)
    assert head.split() == ["run", "change", "took", "state"]
    assert LONG in first
    assert first.index("13.4 s") + 1 == second.index("0.4 s")


def test_a_narrow_table_cuts_the_column_that_gives_way() -> None:
    """Every row stays one line; the other columns stay whole."""
    narrow = lines(50)
    assert len(narrow) == 3
    assert all(len(line) <= 50 for line in narrow)
    assert narrow[1].split()[0] == "815"
    assert "…" in narrow[1]
    assert narrow[1].rstrip().endswith("13.4 s  ✗ red")


def test_colours_of_cells_survive() -> None:
    """Painted text is still painted in a table."""
    assert "\x1b[31m✗ red\x1b[0m" in "\n".join(lines(100, colour=True))


def test_a_tree_hangs_rows_on_a_line() -> None:
    """In columns, the last with the last branch."""
    shown = screen()
    shown.session.rich.print(tree("a81f3c  Fix", [["run 815", "green", "13.4 s"], ["artifact", "shop 2.15", ""]]))
    assert [line.rstrip() for line in shown.text.splitlines()] == [
        "a81f3c  Fix",
        "├ run 815   green      13.4 s",
        "└ artifact  shop 2.15",
    ]
