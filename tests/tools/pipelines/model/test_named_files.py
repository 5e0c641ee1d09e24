"""Inputs that name nothing are mistakes, with the nearest that there is."""

from __future__ import annotations

import pytest

from andon.kernel.errors import Invalid
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline

PATHS = ("src/a", "src/shop/b.py", "pyproject.toml", "docs/x.md")


def problems(inputs: str) -> list[str]:
    text = f'schema = 1\n[task.test]\nrun = "x"\ninputs = {inputs}\n'
    try:
        parse_pipeline(text, paths=PATHS)
    except Invalid as error:
        return [f"{one.where} {one.message} {one.remedy}".strip() for one in error.problems]
    return []


@pytest.mark.parametrize("inputs", ['["src/**"]', '["*.toml", "src/", "!src/a"]', "[]"])
def test_what_names_files_is_good(inputs: str) -> None:
    """Nothing is said."""
    assert problems(inputs) == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ('["scr/**"]', '4:11 the pattern "scr/**" matches no file of the commit. Did you mean "src/**"?'),
        ('["src/shpo/*.py"]', 'Did you mean "src/shop/*.py"?'),
        ('["src/", "!src/b"]', '4:19 the pattern "!src/b" matches no file'),
        ('["pyproject.tml"]', 'Did you mean "pyproject.toml"?'),
        ('["src/*.rs"]', 'The nearest folder that is there: "src/".'),
        ('["!src/a"]', "these patterns name no file together"),
        ('["src/a", "!src/"]', "these patterns name no file together"),
        ('["src/*.{py,pyi}"]', "braces mean nothing in a pattern."),
    ],
)
def test_what_names_nothing_is_said_with_the_nearest(inputs: str, said: str) -> None:
    """At its place in the file."""
    (problem,) = problems(inputs)
    assert said in problem
