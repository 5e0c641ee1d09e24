"""Parts: made once, when asked for, from what their parameters name; what cannot be made is said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast, get_type_hints

import pytest

from andon.app import HANDLERS, parts_of
from andon.config import ServerConfig
from andon.kernel.errors import Invalid
from andon.tool import Tool
from andon.wiring.house import open_house
from andon.wiring.parts import HouseParts
from andon.wiring.tools import TOOLS

pytestmark = pytest.mark.anyio


class Tower:
    """Holds a clapper."""

    def __init__(self, clapper: str, height: int = 3, bells: str = "none") -> None:
        self.clapper, self.height, self.bells = clapper, height, bells


class Egg:
    """Comes from a hen."""

    def __init__(self, hen: object) -> None:
        self.hen = hen


class Hen:
    """Comes from an egg."""

    def __init__(self, egg: object) -> None:
        self.egg = egg


def performers(tower: Tower, port: int) -> dict[type, object]:
    """Asks for a part and a setting."""
    return {Tower: (tower, port)}


TOOL = Tool(
    package="tests.wiring",
    performers="test_parts:performers",
    parts={"tower": "test_parts:Tower", "egg": "test_parts:Egg", "hen": "test_parts:Hen"},
)


def test_a_part_is_made_once_from_what_it_asks_for() -> None:
    """What it can do without is given where it is there."""
    parts = HouseParts({"clapper": "iron", "bells": "two"}, (TOOL,))
    tower = parts["tower"]
    assert (tower.clapper, tower.height, tower.bells) == ("iron", 3, "two")
    assert parts["tower"] is tower


def test_effects_are_done_with_parts_and_settings(tmp_path: Path) -> None:
    """A tool's performers ask in the same way; what tools share is made by the wiring; doors get no settings."""
    settings = ServerConfig(data=tmp_path, port=17)
    parts = HouseParts({}, (TOOL,), joined={"clapper": lambda port: f"iron {port}"}, settings=settings)
    done: dict[type, Any] = {**parts.performers((TOOL,))}
    assert done == {Tower: (parts["tower"], 17)}
    assert parts["tower"].clapper == "iron 17"
    assert "port" not in parts.names


def test_what_is_not_there_is_said_with_who_asked_for_it() -> None:
    """And what may be meant; it can be made once that is there."""
    with pytest.raises(Invalid, match=r'the part tower asks for "clapper", and no tool declares it.*"claper"'):
        HouseParts({"claper": "iron"}, (TOOL,))["tower"]
    with pytest.raises(Invalid, match=r'a door asks for "towr", and no tool declares it.*Did you mean "tower"'):
        HouseParts({}, (TOOL,))["towr"]


def test_parts_that_need_each_other_are_said() -> None:
    """In their order."""
    with pytest.raises(Invalid, match="these parts need each other: hen -> egg -> hen"):
        HouseParts({}, (TOOL,))["hen"]


async def test_every_part_of_the_house_can_be_made(tmp_path: Path) -> None:
    """Doors make them when they are first called: a wrong name would be found by a person."""
    house = await open_house(ServerConfig(data=tmp_path, port=0, search_path=os.environ["PATH"]))
    try:
        parts = parts_of(house, {})
        assert {name for tool in TOOLS for name in tool.parts} <= {*parts.names}
        assert all(parts[name] is not None for name in parts.names)
    finally:
        await house.stop()


async def test_no_part_hides_a_word_of_a_call(tmp_path: Path) -> None:
    """A door that takes a word of a part's name would be given the part, whatever the call says."""
    house = await open_house(ServerConfig(data=tmp_path, port=0, search_path=os.environ["PATH"]))
    try:
        names = {*parts_of(house, {}).names}
    finally:
        await house.stop()
    words = [
        (handler.fn.__name__, word)
        for handler in cast(Any, HANDLERS)
        for word, kind in get_type_hints(handler.fn, include_extras=True).items()
        if "Dependency" not in str(kind)
    ]
    assert words
    assert not [(door, word) for door, word in words if word in names]
