"""Every refusal names a rule that is known, with its why."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from andon.line.rules import RULES
from andon.wiring.rules import known_rules

SOURCE = Path(__file__).parents[2] / "src" / "andon"
#: said of a repository by how it was closed
CLOSED = {"repository-archived", "repository-deleted"}


def constants(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Names that stand for a text."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text


def refusals() -> Iterator[str]:
    """The rule in every `Refused(…)` of the source."""
    trees = [list(ast.walk(ast.parse(file.read_text(encoding="utf-8")))) for file in SOURCE.rglob("*.py")]
    everywhere = {name: text for nodes in trees for name, text in constants(nodes)}
    for nodes in trees:
        named = everywhere | dict(constants(nodes))
        for node in nodes:
            match node:
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=str(rule)), *_]):
                    yield rule
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Name(id=name), *_]) if name in named:
                    yield named[name]


def test_what_refuses_is_known_and_what_is_known_refuses() -> None:
    """A new name without a why fails, and a why that nothing says any more."""
    known, raised = {rule.id for rule in known_rules()}, set(refusals()) | CLOSED
    assert raised <= known
    assert known - raised <= {rule.id for rule in RULES}


def test_each_rule_has_one_name_and_a_why() -> None:
    """Two rules of one name could not be told apart."""
    names = [rule.id for rule in known_rules()]
    assert len(names) == len(set(names))
    assert all(rule.why.endswith(".") and rule.of for rule in known_rules())
