"""The house rules that no linter knows: names, sizes, floors, and the shape that every noun, event and rule has."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import types
import typing
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import andon.tools
from andon.engine.codec import Codec, type_name
from andon.kernel.decider import Noun
from andon.kernel.envelope import Entry
from andon.kernel.ids import NO_CHAIN, Actor, EventId, StreamId
from andon.kernel.refusal import CommandRefused
from andon.line.rules import RULES

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "andon"
FILES = sorted(SOURCE.rglob("*.py"))

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "stuff", "shared"}
MOST_LINES = 300
MOST_FUNCTION_LINES = 45
MOST_METHODS = 12
#: what a command line that only asks for help must not wait for
HEAVY = ("litestar", "sqlalchemy", "cryptography", "uvicorn", "joserfc", "jinja2", "pydantic", "structlog")
#: public class names that several rooms still use for different things; names may leave, none may come
SHARED_NAMES = frozenset(
    re.findall(
        r"\w+",
        """
    Change Command PackRequest Packed Place Provenance ReportUnreadable SlotShown Standing State Step Tick
    UnpackedImage
    """,
    )
)


@cache
def tree_of(file: Path) -> ast.Module:
    """The file, parsed once."""
    return ast.parse(file.read_text(encoding="utf-8"))


def name_of(file: Path) -> str:
    """The file as people call it: below src/andon."""
    return file.relative_to(SOURCE).as_posix()


def tool_names() -> list[str]:
    """Every tool in the row."""
    return [module.name for module in pkgutil.iter_modules(andon.tools.__path__)]


def events_of(tool: str) -> tuple[type, ...]:
    """What a tool publishes."""
    published: tuple[type, ...] = importlib.import_module(f"andon.tools.{tool}.events").EVENTS
    return published


def nouns_of(tool: str) -> Iterator[Noun[Any]]:
    """Every noun of a tool's model."""
    model = importlib.import_module(f"andon.tools.{tool}.model")
    for module in pkgutil.walk_packages(model.__path__, f"{model.__name__}."):
        noun = getattr(importlib.import_module(module.name), "NOUN", None)
        if isinstance(noun, Noun):
            yield noun


def test_no_room_is_a_drawer() -> None:
    """A module is called after what it knows, never after being useful."""
    for file in FILES:
        drawers = DRAWERS & {*file.relative_to(SOURCE).parts, file.stem}
        assert not drawers, f"{name_of(file)} is a drawer; name it after what it knows"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_files_can_be_read_in_one_sitting(file: Path) -> None:
    """A file has at most 300 lines and begins by saying what it is; a function has at most 45 lines."""
    tree = tree_of(file)
    lines = len(file.read_text(encoding="utf-8").splitlines())
    long = [
        f"{node.name} has {size} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or 0) - node.lineno + 1) > MOST_FUNCTION_LINES
    ]
    assert lines <= MOST_LINES
    assert not long
    said = ast.get_docstring(tree)
    assert said, "a module opens with one sentence that says what it is"
    assert said.splitlines()[0].strip()


def test_classes_stay_small() -> None:
    """A class offers at most twelve methods to others."""
    large = {
        f"{name_of(file)}:{node.name}": size
        for file in FILES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ClassDef) and (size := offered(node)) > MOST_METHODS
    }
    assert not large


def offered(node: ast.ClassDef) -> int:
    """How many methods a class has that others call."""
    methods = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return sum(1 for method in methods if not method.name.startswith("_"))


def test_no_two_public_classes_share_a_name() -> None:
    """A class has a name of its own, but for those in the list, which only gets shorter."""
    names = Counter(
        node.name
        for file in FILES
        for node in tree_of(file).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    shared = {name for name, count in names.items() if count > 1}
    assert not shared - SHARED_NAMES, "name it for what it is, so that nobody takes one for the other"
    assert not SHARED_NAMES - shared, "these are no longer shared: take them out of SHARED_NAMES"


def test_nothing_is_left_to_be_done() -> None:
    """What is not there yet is not in the source either."""
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    left = [name_of(file) for file in FILES if unfinished.search(file.read_text(encoding="utf-8"))]
    assert not left


def test_floors_hold() -> None:
    """A room imports only from lower floors, a tool only another's events, and pure rooms do no I/O."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_environment_is_read_in_one_place() -> None:
    """Only config.py reads the environment; what tests start may have their own PATH."""
    readers = [
        name_of(file)
        for file in FILES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        if isinstance(node.value, ast.Name) and node.value.id == "os" and "testing" not in file.parts
    ]
    assert set(readers) == {"config.py"}


@pytest.mark.parametrize("program", ["git", "bwrap"])
def test_one_floor_starts_it(program: str) -> None:
    """git and bubblewrap are called in one way, from andon/machine; the tests' user calls git as people do."""
    allowed = {SOURCE / "testing" / "installation.py", *(SOURCE / "machine").rglob("*.py")}
    starting = [
        f"{name_of(file)}:{node.lineno}"
        for file in FILES
        if file not in allowed
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.List | ast.Tuple)
        and node.elts
        and any(isinstance(part, ast.Constant) and part.value == program for part in node.elts[:1])
    ]
    assert not starting


def test_help_waits_for_nothing_heavy() -> None:
    """The command line starts without the server's libraries."""
    code = f"import sys, andon.cli; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("tool", tool_names())
def test_a_tool_publishes_every_event_of_its_nouns(tool: str) -> None:
    """EVENTS is the whole language of a tool: no noun has an event that is not in it, and none is of no noun."""
    of_nouns = {event for noun in nouns_of(tool) for event in noun.events} - {CommandRefused}
    assert set(events_of(tool)) == of_nouns


@pytest.mark.parametrize("tool", tool_names())
def test_every_noun_records_refusals(tool: str) -> None:
    """What a rule stopped is history of the noun it was meant for."""
    nouns = list(nouns_of(tool))
    assert nouns
    assert all(CommandRefused in noun.events for noun in nouns)


def test_kinds_and_names_are_given_once() -> None:
    """No two nouns share a kind, and no two events a name in the ledger."""
    kinds = [noun.kind for tool in tool_names() for noun in nouns_of(tool)]
    names = [type_name(event) for tool in tool_names() for event in events_of(tool)]
    assert len(kinds) == len(set(kinds))
    assert len(names) == len(set(names))


EVENTS = [*(event for tool in tool_names() for event in events_of(tool)), CommandRefused]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(type_name(event)))
def test_events_say_what_happened(event: type) -> None:
    """An event is a frozen record with a sentence about it."""
    assert is_dataclass(event)
    assert event.__dataclass_params__.frozen  # type: ignore[attr-defined]  # typeshed does not know the attribute
    assert (event.__doc__ or "").strip().endswith((".", "!")), "its docstring's first line is a sentence"
    assert not (event.__doc__ or "").startswith(f"{event.__name__}("), "it has no docstring of its own"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(type_name(event)))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_is_what_is_read(event: type, data: st.DataObject) -> None:
    """Every event comes back from the ledger's bytes as it went in."""
    happened = data.draw(any_of(event))
    codec = Codec(EVENTS)
    name, schema, written = codec.encode(happened)
    entry = Entry(
        position=1,
        sequence=1,
        id=EventId("1"),
        stream=StreamId("any/1"),
        type=name,
        schema=schema,
        at=datetime(2026, 5, 4, tzinfo=UTC),
        actor=Actor("ada"),
        cause=None,
        chain=NO_CHAIN,
        data=written,
        hash="",
    )
    assert codec.decode(entry).event == happened


#: what the plain types of events may hold
PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(-(2**53), 2**53),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
    datetime: st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001  (the zone is added)
    timedelta: st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3650)),
}


def any_of(shape: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that an event may have."""
    if shape in PLAIN:
        return PLAIN[shape]
    if isinstance(shape, typing.NewType):
        return any_of(shape.__supertype__)
    if is_dataclass(shape) and isinstance(shape, type):
        hints = typing.get_type_hints(shape)
        return st.builds(shape, **{field.name: any_of(hints[field.name]) for field in fields(shape)})
    return _any_of_many(typing.get_origin(shape), typing.get_args(shape))


def _any_of_many(origin: Any, inner: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin is typing.Literal:
        return st.sampled_from(inner)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*(any_of(one) for one in inner))
    assert origin is tuple, f"an event cannot hold {origin}: records have tuples"
    if inner[-1] is Ellipsis:
        return st.lists(any_of(inner[0]), max_size=3).map(tuple)
    return st.tuples(*(any_of(one) for one in inner))


def test_every_rule_says_why_it_exists() -> None:
    """A rule has a file of its own, a name, and a reason with its source."""
    files = {file.stem for file in (SOURCE / "line" / "rules").glob("*.py")} - {"__init__", "verdict"}
    assert len(files) == len(RULES)
    for rule in RULES:
        module = importlib.import_module(f"andon.line.rules.{rule.id.replace('-', '_')}")
        assert (rule.id, rule.why, rule) == (module.ID, module.WHY, module.RULE)
        assert "Source: " in rule.why
        assert module.__doc__


def test_rules_are_named_alike() -> None:
    """Whoever refuses, the rule's name is words with hyphens."""
    for file in FILES:
        for node in ast.walk(tree_of(file)):
            match node:
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=str(rule)), *_]):
                    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule), f"{rule} in {name_of(file)}"
