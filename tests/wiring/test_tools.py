"""The manifests of the tools: what they name is there, once, and one more tool needs one line."""

from __future__ import annotations

import ast
from collections import Counter
from inspect import isclass
from pathlib import Path

import pytest

import andon
from andon.tool import PLACES, Tool
from andon.wiring.engine import EVENTS, NOUNS
from andon.wiring.tools import TOOLS

SOURCE = Path(andon.__file__).parent


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: str(tool.name))
def test_everything_that_a_manifest_names_is_there(tool: Tool) -> None:
    """Views are classes, doors have handlers, commands can be called, pages have a place."""
    assert all(isclass(tool.load(text)) for text in tool.views.values())
    assert all(tool.load(door).HANDLERS for door in tool.doors)
    assert all(callable(tool.load(command.target)) for command in tool.commands)
    assert {command.place for command in tool.commands} <= {*PLACES, ""}
    assert {page.place for page in tool.navigation} <= {*PLACES}


def test_no_two_tools_give_the_same_name() -> None:
    """Of a command, a view, a page, a key, an event or a noun."""
    named = {
        "commands": [command.name for tool in TOOLS for command in tool.commands],
        "views": [name for tool in TOOLS for name in tool.views],
        "pages": [page.address for tool in TOOLS for page in tool.navigation],
        "keys": [page.key for tool in TOOLS for page in tool.navigation if page.key],
        "events": EVENTS,
        "nouns": [noun.kind for noun in NOUNS],
    }
    twice = {what: [name for name, times in Counter(names).items() if times > 1] for what, names in named.items()}
    assert not any(twice.values()), twice


def test_every_tool_is_listed_and_every_door_is_in_a_manifest() -> None:
    """A folder of tools/ that nobody starts, or a module with HANDLERS that nobody serves, is a mistake."""
    folders = {path.parent.name for path in SOURCE.glob("tools/*/__init__.py")} - {"tools"}
    assert {tool.name for tool in TOOLS} == folders | {"line"}
    served = {handler for tool in TOOLS for door in tool.doors for handler in tool.load(door).HANDLERS}
    for tool in TOOLS:
        room = SOURCE.joinpath(*tool.package.split(".")[1:])
        for file in (*room.glob("api*.py"), *room.glob("pages*.py")):
            if "HANDLERS" in {n.id for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Name)}:
                assert {*tool.load(file.stem).HANDLERS} <= served, file.name


def test_a_tool_is_named_in_one_place() -> None:
    """Beside its own folder: wiring/tools.py, and nothing that walks the manifests."""
    for walker in ("app.py", "cli.py", "wiring/views.py"):
        text = (SOURCE / walker).read_text()
        assert [tool.name for tool in TOOLS if f"andon.tools.{tool.name}.pages" in text] == []
