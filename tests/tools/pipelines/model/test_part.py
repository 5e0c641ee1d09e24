"""A part of a pipeline."""

from __future__ import annotations

import pytest

from andon.kernel.errors import Invalid
from andon.tools.pipelines.model.part import only
from andon.tools.pipelines.model.pipeline import Pipeline

from .makers import SHOP, task

WHOLE = Pipeline(tasks=(task("lint"), task("unit", "lint"), task("package", "unit"), task("docs")), artifact=SHOP)


def names(pipeline: Pipeline) -> list[str]:
    return [spec.name for spec in pipeline.tasks]


def test_without_names_it_is_the_whole() -> None:
    """Nothing is left out."""
    assert only(WHOLE, ()) is WHOLE


def test_a_task_brings_all_that_it_needs() -> None:
    """In the order of the file; an artifact only with its task."""
    assert names(only(WHOLE, ("unit",))) == ["lint", "unit"]
    assert only(WHOLE, ("unit",)).artifact is None
    assert names(only(WHOLE, ("package", "docs"))) == ["lint", "unit", "package", "docs"]
    assert only(WHOLE, ("package",)).artifact == SHOP


def test_an_unknown_task_is_invalid() -> None:
    """With the tasks there are."""
    with pytest.raises(Invalid, match="lint, unit, package, docs"):
        only(WHOLE, ("test",))
