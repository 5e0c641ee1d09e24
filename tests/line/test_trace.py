"""From a commit to everywhere it went."""

from __future__ import annotations

from andon.kernel.ids import Actor
from andon.line.change import EnvironmentProgress
from andon.line.trace import trace, with_rollbacks
from tests.line.histories import (
    COMMIT,
    NOW,
    PRODUCTION,
    REPOSITORY,
    SHOP,
    TEST,
    VERSION,
    envelope,
    finished,
    published,
    verified,
)


def test_what_was_gone_back_from_is_not_verified_any_more() -> None:
    """The rollback is of another commit, so the chain of this one ends with a success; elsewhere it stays one."""
    events = (finished(), published(), verified(TEST), verified(PRODUCTION))
    found = trace(REPOSITORY, COMMIT, [envelope(event) for event in events])
    gone, still = (
        EnvironmentProgress(phase=phase, environment=place, service=SHOP, version=VERSION, at=NOW, by=Actor("bob"))
        for phase, place in (("rolled back", PRODUCTION), ("verified", TEST))
    )
    steps = {step.place: step for step in with_rollbacks(found, (gone, still)).steps}
    assert [step.state for step in steps.values()] == ["success", "published", "verified", "rolled back"]
    assert steps["production"].detail == "shop 1.1, by bob"
