"""Whole runs: real git, real sandboxes, a real ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from .workshop import Workshop, pipeline

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A data folder without anything in it."""
    return Workshop(data=tmp_path)


async def test_a_green_run_ends_with_status_logs_and_artifact(shop: Workshop) -> None:
    """Tasks run by their graph; the artifact is packed from the checkout of its task."""
    files = pipeline(
        lint='run = "echo linted"',
        unit='run = "echo tested"\nneeds = ["lint"]',
        package='run = "mkdir dist && cp src dist/app && echo packed"\nneeds = ["unit"]\n'
        'artifact = { name = "shop", path = "dist" }',
    )
    ended = await shop.build({**files, "src": "the shop"})
    assert (ended.outcome, ended.reason) == ("success", "")
    assert ended.artifact is not None
    assert [shop.log(1, task) for task in ("lint", "unit", "package")] == ["linted\n", "tested\n", "packed\n"]
    assert shop.task("unit").log_lines == 1
