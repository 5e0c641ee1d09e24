"""What it costs to add something, in files that others share: a rule 1, an event source 1, a runtime 1, a page 0.

(A tool costs one line: test_tools.py adds one.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "andon"
RULES = sorted(file.stem for file in (SOURCE / "line/rules").glob("*.py") if "RULE =" in file.read_text("utf-8"))
EVENT_SOURCES = sorted(folder.name for folder in (SOURCE / "tools/measurement/adapters").glob("intake_*"))
PLUGS = sorted(
    folder
    for kind in ("runtime_*", "router_*", "prober_*")
    for folder in (SOURCE / "tools/delivery/adapters").glob(kind)
)


def imported() -> Iterator[tuple[Path, str, str]]:
    """Which file takes which name from which module."""
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((file, node.module, name.name) for name in node.names)


IMPORTED = tuple(imported())


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_named_in_one_file(rule: str) -> None:
    """The tuple of rules; a door may ask one of its functions."""
    naming = [file.relative_to(SOURCE).as_posix() for file, module, name in IMPORTED if (module, name) == (BASE, rule)]
    assert naming == ["line/rules/__init__.py"]


BASE = "andon.line.rules"


@pytest.mark.parametrize("source", EVENT_SOURCES)
def test_an_event_source_is_named_in_one_file(source: str) -> None:
    """Where its tool is put together."""
    assert len(users(SOURCE / "tools/measurement/adapters" / source)) == 1


@pytest.mark.parametrize("plug", PLUGS, ids=lambda plug: str(plug.name))
def test_what_services_run_in_is_put_together_in_one_place(plug: Path) -> None:
    """A runtime, a router or a prober is known to the wiring, or to its tool's own assembly."""
    assembly = plug.parents[1] / "assembly.py"
    assert users(plug)
    assert all(file == assembly or file.parent.name == "wiring" for file in users(plug))


def test_a_page_is_named_by_its_tool_alone() -> None:
    """No file outside of a tool names a module of its pages."""
    foreign = [
        (file.relative_to(SOURCE).as_posix(), module)
        for file, module, _ in IMPORTED
        if ".pages" in module and file.parts[: len(home(module).parts)] != home(module).parts
    ]
    assert [one for one in foreign if not one[1].startswith("andon.web")] == []


def home(module: str) -> Path:
    """The folder of the tool that a module belongs to."""
    parts = module.split(".")[1:]
    return SOURCE.joinpath(*parts[: 2 if parts[0] == "tools" else 1])


def users(folder: Path) -> set[Path]:
    """The files outside of a folder that take something from it."""
    module = "andon." + ".".join(folder.relative_to(SOURCE).parts)
    return {file for file, of, _ in IMPORTED if of == module or of.startswith(f"{module}.")} - {*folder.rglob("*.py")}
