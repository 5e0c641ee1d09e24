"""Promotions become deployments: verified, failed, halted, and what a rollback undoes."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.ids import ArtifactName, CommitId, Digest, EnvironmentName, RepositoryName, ServiceName, Version
from andon.tools.delivery.events import (
    PromotionFailed,
    PromotionId,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
)
from andon.tools.measurement.model.facts import Deployment, Place, PromotionOffer

from ..happened import START, Ledger

PRODUCTION, SHOP = EnvironmentName("production"), ServiceName("shop")
PLACE = Place(service=SHOP, environment=PRODUCTION)


class Told:
    """The promotions of one place, one a minute."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.count = 0

    def ask(self, version: str, *, rollback: bool = False, by: str = "ada") -> PromotionId:
        self.count += 1
        promotion = PromotionId(f"production/shop/{self.count}")
        event = PromotionRequested(
            promotion=promotion,
            environment=PRODUCTION,
            service=SHOP,
            artifact=ArtifactName("shop"),
            digest=digest(version),
            version=Version(version),
            commit=commit(version),
            repository=RepositoryName("shop"),
            rollback=rollback,
            config=(),
            config_digest="",
            why="",
            drain=timedelta(0),
            port=0,
            requested_at=START,
        )
        self.ledger.tell("service/production/shop", event, self.count, by)
        return promotion

    def deploy(self, version: str, *, rollback: bool = False, by: str = "ada", restart: bool = False) -> Deployment:
        promotion = self.ask(version, rollback=rollback, by=by)
        event = PromotionVerified(
            promotion=promotion,
            environment=PRODUCTION,
            service=SHOP,
            digest=digest(version),
            version=Version(version),
            commit=commit(version),
            repository=RepositoryName("shop"),
            took=timedelta(seconds=30),
            rollback=rollback,
            restart=restart,
        )
        self.ledger.tell("service/production/shop", event, self.count + 0.5, "andon/engine")
        return self.known[-1]

    def fail(self, version: str, outcome: str = "failure") -> Deployment:
        event = PromotionFailed(
            promotion=self.ask(version),
            environment=PRODUCTION,
            service=SHOP,
            digest=digest(version),
            version=Version(version),
            commit=commit(version),
            repository=RepositoryName("shop"),
            phase="smoke",
            reason="/ answered 500",
            outcome="cancel" if outcome == "cancel" else "failure",
        )
        self.ledger.tell("service/production/shop", event, self.count + 0.5, "andon/engine")
        return self.known[-1]

    @property
    def known(self) -> list[Deployment]:
        return list(self.ledger.measured.history.deployments(PLACE))

    def versions(self, deployment: Deployment) -> list[str]:
        """What it mends, by version."""
        return [known.version for fact in deployment.mends for known in self.known if known.id == fact]


def digest(version: str) -> Digest:
    return Digest(f"sha256:{version}")


def commit(version: str) -> CommitId:
    return CommitId(version)


def test_a_verified_promotion_is_a_deployment() -> None:
    """With who asked, from asking to the verdict, and where to see it."""
    told = Told()
    known = told.deploy("1.1", by="grace")
    assert (known.id, known.by, known.outcome) == ("ledger/production/shop/1", "grace", "success")
    assert (known.started_at, known.finished_at) == (START + timedelta(minutes=1), START + timedelta(minutes=1.5))
    assert known.link == "/environments/production/shop"


def test_a_rollback_mends_what_came_after_the_revision_it_goes_back_to() -> None:
    """V1 V2 V3 V1: both V2 and V3 are undone, each once."""
    told = Told()
    for version in ("1", "2", "3"):
        told.deploy(version)
    back = told.deploy("1", rollback=True)
    assert (back.rollback, told.versions(back)) == (True, ["2", "3"])
    told.deploy("4")
    assert told.versions(told.deploy("1", rollback=True)) == ["4"]


def test_deploying_an_old_revision_is_no_rollback_by_itself() -> None:
    """Only what the deployer says is explicit; the rest is for those who count."""
    told = Told()
    for version in ("1", "2", "1"):
        assert told.deploy(version).mends == ()


def test_a_restart_is_no_deployment() -> None:
    """Nothing new came to anybody."""
    told = Told()
    told.deploy("1")
    told.deploy("1", restart=True)
    assert len(told.known) == 1


def test_what_did_not_take_over_is_no_success() -> None:
    """A failure with its phase and reason; a halt is nobody's fault."""
    told = Told()
    failed, halted = told.fail("1"), told.fail("2", "cancel")
    assert (failed.outcome, failed.reason) == ("failure", "smoke: / answered 500")
    assert halted.outcome == "cancel"
    told.deploy("3")
    assert told.versions(told.deploy("3", rollback=True)) == []


def test_an_offer_is_known_from_when_it_was_made() -> None:
    """Waiting for a person begins there."""
    told = Told()
    offered = PromotionOffered(environment=PRODUCTION, service=SHOP, digest=digest("1"), version=Version("1"))
    at = told.ledger.tell("service/production/shop", offered, 3)
    (offer,) = told.ledger.measured.history.facts(PromotionOffer)
    assert (offer.place, offer.digest, offer.at) == (PLACE, digest("1"), at)


@given(st.lists(st.tuples(st.sampled_from(["deploy", "back", "fail"]), st.sampled_from("1234")), max_size=20))
def test_a_deployment_is_undone_at_most_once(steps: list[tuple[str, str]]) -> None:
    """And never one that failed, nor one of the revision that is gone back to after it."""
    told = Told()
    for what, version in steps:
        if what == "fail":
            told.fail(version)
        else:
            told.deploy(version, rollback=what == "back")
    undone = [fact for known in told.known for fact in known.mends]
    by_id = {known.id: known for known in told.known}
    assert len(undone) == len(set(undone))
    assert all(by_id[fact].outcome == "success" for fact in undone)
    for known in told.known:
        assert all(by_id[fact].digest != known.digest for fact in known.mends)
        assert all(by_id[fact].finished_at < known.finished_at for fact in known.mends)
