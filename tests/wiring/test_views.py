"""The read models of the house: what tools register as sections of the facts is folded once, by them."""

from __future__ import annotations

from andon.line.changes import Changes
from andon.line.facts import Facts
from andon.wiring.tools import TOOLS
from andon.wiring.views import HouseViews


def test_facts_have_every_section_that_a_tool_registers() -> None:
    """Rules ask for it by its kind, doors by its name, and both get the same."""
    views = HouseViews()
    for tool in TOOLS:
        for name, text in tool.facts.items():
            assert views[Facts][tool.load(text)] is views.by_name[name]


def test_a_section_is_told_of_events_by_the_facts_alone() -> None:
    """Told twice, it would fold twice; told apart, it could stand still while the rules believe it."""
    views = HouseViews()
    sections = [views.by_name[name] for tool in TOOLS for name in tool.facts]
    assert not any(one is section for one in views.all() for section in sections)


def test_facts_come_before_what_reads_their_sections() -> None:
    """The board would be one event behind."""
    kinds = [type(view) for view in HouseViews().all()]
    assert kinds.index(Facts) < kinds.index(Changes)
