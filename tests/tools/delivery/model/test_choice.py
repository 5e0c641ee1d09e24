"""Which artifact is meant when somebody says promote or roll back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import ArtifactName, CommitId, Digest, EnvironmentName, RepositoryName, Version
from andon.tools.delivery.model.choice import Candidate, Situation, promote, roll_back
from andon.tools.delivery.model.line import DEFAULT_ENVIRONMENTS, ServicePlacement
from andon.tools.delivery.model.promotion import PromotionId, Verified
from andon.tools.delivery.model.slots import State

from .street import SHOP

TEST, PRODUCTION = EnvironmentName("test"), EnvironmentName("production")


def facts(version: str) -> dict[str, Any]:
    return {
        "artifact": ArtifactName("shop"),
        "digest": Digest(f"sha256:{version}"),
        "version": Version(version),
        "commit": CommitId("a" * 40),
        "repository": RepositoryName("shop"),
    }


def situation(published: str, verified: Mapping[EnvironmentName, str]) -> Situation:
    """Versions that were published, and those verified in environments, oldest first; "<1.1" is a rollback."""
    states = {
        environment: State(
            history=tuple(
                Verified(
                    promotion=PromotionId("x"), config_digest="", rollback=v.startswith("<"), **facts(v.lstrip("<"))
                )
                for v in versions.split()
            )
        )
        for environment, versions in verified.items()
    }
    return Situation(
        service=SHOP,
        environments=DEFAULT_ENVIRONMENTS,
        placements=(ServicePlacement(service=SHOP, environment=PRODUCTION, port=8702, config=(("A", "1"),)),),
        states=states,
        published=tuple(Candidate(**facts(v)) for v in published.split()),
    )


def test_the_newest_verified_one_goes_into_the_environment_that_lacks_it() -> None:
    """With the environment's port, drain time and configuration."""
    asked = promote(situation("1.1 1.2 1.3", {TEST: "1.1 1.2", PRODUCTION: "1.1"}), "", "", "why")
    assert (asked.environment, asked.version, asked.port, asked.config) == (PRODUCTION, "1.2", 8702, (("A", "1"),))
    assert (asked.why, asked.drain, asked.rollback) == ("why", DEFAULT_ENVIRONMENTS[1].drain, False)


def test_with_nothing_by_hand_to_do_it_goes_where_it_should_have_gone_by_itself() -> None:
    """A failed automatic promotion can be tried again."""
    asked = promote(situation("1.1 1.2", {TEST: "1.1", PRODUCTION: "1.1"}), "", "", "")
    assert (asked.environment, asked.version) == (TEST, "1.2")


def test_when_everything_is_everywhere_that_is_said() -> None:
    """There is nothing to promote."""
    with pytest.raises(Invalid, match="Nothing to promote"):
        promote(situation("1.1", {TEST: "1.1", PRODUCTION: "1.1"}), "", "", "")


def test_a_version_that_may_not_enter_is_left_to_the_rules() -> None:
    """They know better why not, and their refusal is recorded."""
    asked = promote(situation("1.1 1.2", {TEST: "1.1"}), "production", "1.2", "")
    assert (asked.environment, asked.version) == (PRODUCTION, "1.2")


def test_what_is_not_there_is_answered_with_what_is() -> None:
    """Versions and environments."""
    here = situation("1.1", {TEST: "1.1"})
    with pytest.raises(NotFound, match=r"has no version 9\. Newest: 1\.1\."):
        promote(here, "production", "9", "")
    with pytest.raises(NotFound, match='Did you mean "production"'):
        promote(here, "prodution", "", "")
    with pytest.raises(NotFound, match="nothing was verified in test"):
        promote(replace(here, states={}), "production", "", "")


def test_back_means_the_one_before() -> None:
    """Also when what is live was verified more than once."""
    here = situation("", {PRODUCTION: "1.1 1.2 1.1"})
    asked = roll_back(here, "", "", "")
    assert (asked.environment, asked.version, asked.rollback) == (PRODUCTION, "1.2", True)


@pytest.mark.parametrize(
    ("verified", "back"),
    [
        ("1.1 1.5 1.6 <1.5", "1.1"),
        ("1.1 1.2 <1.1 1.3", "1.1"),
        ("1.1 1.2 1.2", "1.1"),
        ("1.1 1.2 <1.1 1.2", "1.1"),
    ],
)
def test_back_again_goes_further_back_and_never_to_what_was_left(verified: str, back: str) -> None:
    """Whoever goes back twice at three in the morning does not land on the bad version again."""
    assert roll_back(situation("", {PRODUCTION: verified}), "", "", "").version == back


def test_a_rollback_of_a_rollback_names_the_version_that_was_left() -> None:
    """By itself it goes further back; by name it may come again."""
    here = situation("", {PRODUCTION: "1.1 1.2 1.3 <1.2"})
    assert roll_back(here, "", "", "").version == "1.1"
    again = roll_back(here, "", "1.3", "")
    assert (again.version, again.rollback) == ("1.3", True)


def test_promoting_the_version_that_serves_asks_for_what_is_there() -> None:
    """The model answers that nothing is to be done; without a version there is nothing newer."""
    here = situation("1.1 1.2", {TEST: "1.1 1.2", PRODUCTION: "1.1 1.2"})
    assert promote(here, "production", "1.2", "").version == "1.2"
    assert promote(here, "production", "", "").version == "1.2"


def test_back_to_a_version_means_one_that_was_verified_there() -> None:
    """Others are not found, and the right ones are named."""
    here = situation("1.3", {PRODUCTION: "1.1 1.2"})
    assert roll_back(here, "production", "1.1", "").version == "1.1"
    with pytest.raises(
        NotFound, match=r"No version 1\.3 of shop was verified in production\. Verified there: 1\.1, 1\.2"
    ):
        roll_back(here, "production", "1.3", "")


@pytest.mark.parametrize(
    ("verified", "said"),
    [
        ("1.1", "no other version was verified there."),
        ("1.1 1.1", "no other version was verified there."),
        ("1.1 1.2 <1.1", "1.2 was rolled back from. Name one with --version VERSION."),
        ("1.1 1.2 1.3 <1.1", "1.2, 1.3 were rolled back from. Name one with --version VERSION."),
    ],
)
def test_with_nothing_earlier_there_is_nothing_to_go_back_to(verified: str, said: str) -> None:
    """What is live is never proposed."""
    with pytest.raises(NotFound) as caught:
        roll_back(situation("", {PRODUCTION: verified}), "", "", "")
    assert str(caught.value) == f"There is no earlier shop to go back to in production: {said}"


def test_what_failed_is_tried_again_only_by_its_name() -> None:
    """`andon promote shop` alone does not retry it; the sentence says how to."""
    here = replace(
        situation("1.1 1.2", {TEST: "1.1", PRODUCTION: "1.1"}),
        failed={(TEST, Digest("sha256:1.2")): "smoke: GET / answered 500"},
    )
    said = r"shop .* test is 1\.2, which failed there: smoke: GET / answered 500 .* --env test --version 1\.2"
    for environment in ("", "test"):
        with pytest.raises(Invalid, match=said):
            promote(here, environment, "", "")
    assert promote(here, "test", "1.2", "").version == "1.2"


def test_what_was_rolled_back_from_is_not_promoted_again_by_itself() -> None:
    """It is still the newest that was verified before; a newer one is promoted as ever."""
    here = situation("1.1 1.2", {TEST: "1.1 1.2", PRODUCTION: "1.1 1.2 <1.1"})
    with pytest.raises(Invalid, match=r"1\.2, which was rolled back from there"):
        promote(here, "", "", "")
    newer = situation("1.1 1.2 1.3", {TEST: "1.1 1.2 1.3", PRODUCTION: "1.1 1.2 <1.1"})
    assert promote(newer, "", "", "").version == "1.3"


def test_another_environment_that_lacks_the_newest_comes_before_one_where_it_failed() -> None:
    """The failure there hides nothing that can be done here."""
    here = replace(
        situation("1.1 1.2 1.3", {TEST: "1.1 1.2", PRODUCTION: "1.1"}),
        failed={(PRODUCTION, Digest("sha256:1.2")): "start: exit code 7"},
    )
    asked = promote(here, "", "", "")
    assert (asked.environment, asked.version) == (TEST, "1.3")
