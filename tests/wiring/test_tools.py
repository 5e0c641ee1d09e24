"""The manifests of the tools: what they name is there, once, and one more tool needs one line."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from inspect import isclass
from pathlib import Path

import pytest

import andon
from andon.tool import PLACES, Tool
from andon.wiring.engine import EVENTS, NOUNS
from andon.wiring.tools import TOOLS

SOURCE = Path(andon.__file__).parent
ROOT = SOURCE.parent.parent


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: str(tool.name))
def test_everything_that_a_manifest_names_is_there(tool: Tool) -> None:
    """Views and sections are classes, parts can be made, doors have handlers, commands run, pages have a place."""
    assert all(isclass(tool.load(text)) for text in (*tool.views.values(), *tool.facts.values()))
    assert all(tool.load(door).HANDLERS for door in tool.doors)
    assert all(callable(tool.load(command.target)) for command in tool.commands)
    assert all(callable(tool.load(text)) for text in (*tool.parts.values(), *tool.per_call.values()))
    assert {command.place for command in tool.commands} <= {*PLACES, ""}
    assert {page.place for page in tool.navigation} <= {*PLACES}


def test_no_two_tools_give_the_same_name() -> None:
    """Of a command, a view or a part, a page, a key, an event or a noun."""
    named = {
        "commands": [command.name for tool in TOOLS for command in tool.commands],
        "parts": [name for tool in TOOLS for name in (*tool.views, *tool.facts, *tool.parts, *tool.per_call)],
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


def test_only_manifests_lead_to_doors() -> None:
    """Outside of its folder nobody imports a tool's pages, calls, commands or manifest, but wiring/tools.py."""
    doors = {tool.load(door).__name__ for tool in TOOLS for door in tool.doors}
    doors |= {f"{tool.package}.{room}" for tool in TOOLS for room in ("tool", "commands")}
    for file in (*SOURCE.glob("*.py"), *SOURCE.glob("wiring/*.py")):
        nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
        imported = {name for n in nodes for name in (n.module or "", *(f"{n.module}.{a.name}" for a in n.names))}
        assert file.name == "tools.py" or not imported & doors, file.name


def test_one_more_tool_needs_one_line(tmp_path: Path) -> None:
    """Its command, its call, its page with a place in the bar, its events, part and performer are there."""
    command = [sys.executable, "-m", "tests.wiring.house_with_toy", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=ROOT)
    told = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "It rang 1 times." in told
    assert '<a href="/bells" data-go="7" aria-current="page">Bells</a>' in told
    assert '"toy.BellRang"' in told
    assert '"toy.BellEchoed"' in told
    assert "How often the bell rang." in told
