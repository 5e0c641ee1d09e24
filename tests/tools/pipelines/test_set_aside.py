"""Servers died again and again of one part of a run: that run ends in red, the next ones go on, and it can be rerun."""

from __future__ import annotations

import pytest

from andon.engine.attempts import MOST_DEATHS
from tests.deaths import died

from .workshop import Workshop, pipeline

pytestmark = pytest.mark.anyio

WORKS = (
    "reading andon.toml",
    "the checkout for package",
    "reading the log and the reports of package",
    "packing the artifact",
)


@pytest.mark.parametrize("work", WORKS)
async def test_what_servers_died_of_is_set_aside(shop: Workshop, work: str) -> None:
    """The run says why, and what to do."""
    commit = shop.commit(
        pipeline(package='run = "mkdir dist; touch dist/a"\nartifact = { name = "shop", path = "dist" }')
    )
    shop.trying = died(shop.data / "trying", f"{work} of run 1").trying
    async with shop.engine() as engine:
        await shop.queue(engine, 1, commit)
        await shop.queue(engine, 2, commit)
        ended, other = await shop.finished(1), await shop.finished(2)
    assert (ended.outcome, other.outcome) == ("error", "success")
    said = f"set aside: the server ended {MOST_DEATHS} times during {work} of run 1. To try again: andon runs rerun 1"
    assert ended.reason.endswith(said)
