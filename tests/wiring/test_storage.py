"""What of the storage may not be deleted: what runs, is live, is on its way, or may be rolled back to."""

from __future__ import annotations

import pytest

from andon.kernel.ids import (
    ArtifactName,
    CommitId,
    Digest,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
    Version,
)
from andon.line.facts import Facts, Standing
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import PromotionId
from andon.wiring.storage import ROLLBACKS, Held

SHOP, TEST = ServiceName("shop"), EnvironmentName("test")


def digest(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def facts() -> Facts:
    known = Facts()
    known.runs = {RunNumber(1): "success", RunNumber(2): None}
    known.standings[TEST, SHOP] = Standing(
        verified=tuple(Digest(f"sha256:{digest(number)}") for number in range(10)),
        in_progress={PromotionId("test/shop/11"): Digest(f"sha256:{digest(11)}")},
    )
    return known


def test_the_last_verified_versions_and_what_is_on_its_way_are_held(facts: Facts) -> None:
    held = Held(facts)
    assert [number for number in range(12) if held.image(digest(number))] == [*range(10 - ROLLBACKS, 10), 11]


@pytest.mark.parametrize(("run", "why"), [("1", ""), ("2", "in progress"), ("3", "in progress"), ("odd", "not a run")])
def test_logs_of_runs_in_progress_are_held(facts: Facts, run: str, why: str) -> None:
    """Also those of a run that is not known yet."""
    assert Held(facts).run(run) == why


def test_logs_of_the_runs_that_made_what_is_live_are_held(facts: Facts) -> None:
    live = facts.standing(TEST, SHOP).live
    assert live is not None
    facts.artifacts[live] = ArtifactPublished(
        name=ArtifactName("shop"),
        version=Version("1.1"),
        digest=live,
        size_bytes=1,
        repository=RepositoryName("shop"),
        commit=CommitId("c" * 40),
        run=RunNumber(1),
        provenance=live,
        service=SHOP,
    )
    assert Held(facts).run("1") == "made what is in use, or may be rolled back to"
