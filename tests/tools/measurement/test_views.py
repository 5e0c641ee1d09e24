"""What is known of sources, people and facts, folded from the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from andon.kernel.errors import NotFound
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
from andon.kernel.refusal import CommandRefused
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import EnvironmentSpec, LineDefined
from andon.tools.measurement.commands.source_lines import trouble_lines, walk_lines
from andon.tools.measurement.events import (
    CommitsWalked,
    ConnectionAdded,
    ConnectionRemoved,
    FactsReceived,
    HeadWalked,
    KeptDelivery,
    PricesDeclared,
    PulseAnswered,
    PulseQuestionChosen,
    WalkAsked,
    WalkFailed,
)
from andon.tools.measurement.model.facts import Commit, Deployment, FactId, Place, Publication, RuleRefusal
from andon.tools.measurement.model.improving.prices import Prices
from andon.tools.measurement.model.intake.connection import ConnectedTool
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.walk import OWN
from andon.tools.measurement.people import PriceList, Pulses
from andon.tools.measurement.sources import MOST_LISTED, Sources

from .happened import START, Ledger

SHOP, PRODUCTION = RepositoryName("shop"), EnvironmentName("production")
PLACE = Place(service=ServiceName("shop"), environment=PRODUCTION)
COMMIT = Commit(repository=SHOP, id=CommitId("a" * 40), parents=(), committed_at=START, authored_at=START)
DEPLOYMENT = Deployment(
    id=FactId("ours/1"), place=PLACE, repository=SHOP, commit=COMMIT.id, digest=COMMIT.id, finished_at=START
)


def test_what_the_ledger_says_of_artifacts_rules_and_the_line_is_known() -> None:
    """With where to go and see."""
    made = Ledger()
    published = ArtifactPublished(
        name=ArtifactName("shop"),
        version=Version("1.1"),
        digest=Digest("sha256:1"),
        size_bytes=1,
        repository=SHOP,
        commit=COMMIT.id,
        run=RunNumber(1),
        provenance=Digest("sha256:2"),
        service=ServiceName("shop"),
    )
    made.tell("artifact/shop", published)
    refused = CommandRefused(command="promote", rule="cord-pulled", reason="stopped", remedy="")
    made.tell("service/production/shop", refused, 1, by="grace")
    specs = tuple(
        EnvironmentSpec(name=EnvironmentName(name), promotion="manual", drain=timedelta(0))
        for name in ("test", "production")
    )
    made.tell("line/main", LineDefined(commit=COMMIT.id, environments=specs, placements=()))
    (publication,) = made.measured.history.facts(Publication)
    (refusal,) = made.measured.history.facts(RuleRefusal)
    assert (publication.provenance, publication.link) == (True, "/artifacts/shop/1.1")
    assert (refusal.rule, refusal.by, refusal.link) == ("cord-pulled", "grace", "/ledger/2")
    assert made.measured.environments == ("test", "production")


def test_what_others_tell_is_known_beside_it() -> None:
    """From deliveries and from walks; told twice, it is known once."""
    made = Ledger()
    for _ in range(2):
        made.tell("intake/ours", FactsReceived(connection="ours", deployments=(DEPLOYMENT,)))
        made.tell("walk/ours/shop", CommitsWalked(connection="ours", repository=SHOP, commits=(COMMIT,)))
    assert list(made.measured.history.deployments(PLACE)) == [DEPLOYMENT]
    assert made.measured.history.graph(SHOP).number(COMMIT.id) == 0


def test_sources_say_what_each_told() -> None:
    """When it was heard, what was kept, which walk went wrong."""
    made, sources = Ledger(), Sources()
    made.also(sources)
    tool = ConnectedTool(kind="github", names=Mapping(source="ours"), fingerprint="f")
    made.tell("connection/ours", ConnectionAdded(connection="ours", tool=tool))
    told = FactsReceived(connection="ours", deployments=(DEPLOYMENT,), troubles=("main was rewritten",))
    at = made.tell("intake/ours", told, 5)
    kept = KeptDelivery(connection="ours", delivery="d", what="x", why="y", digest="z", size_bytes=1)
    for _ in range(MOST_LISTED + 5):
        made.tell("intake/ours", kept, 5)
    asked = WalkAsked(connection="ours", repository=SHOP, clone_url="https://x/", head=COMMIT.id, by=START)
    made.tell("walk/ours/shop", asked)
    failed = WalkFailed(connection="ours", repository=SHOP, head=COMMIT.id, reason="no such host")
    made.tell("walk/ours/shop", failed)
    (source,) = sources.all()
    assert (source.facts["deployments"], source.deliveries, source.kept) == (1, 1, MOST_LISTED + 5)
    assert (source.heard_at, source.added_by) == (at, "ada")
    assert len(sources.kept) == MOST_LISTED
    assert [trouble.what for trouble in sources.troubles] == ["main was rewritten"]
    assert [walk.trouble for walk in sources.walks()] == ["no such host"]
    listed = list(
        walk_lines(
            [
                {
                    "connection": "ours",
                    "repository": "shop",
                    "walking": "",
                    "known": "",
                    "since": None,
                    "trouble": "no such host",
                    "at": "2026-05-04T09:30:00Z",
                }
            ]
        )
    )
    assert listed == ["  ✗ ours/shop: not walked 2026-05-04 09:30 UTC: no such host"]
    made.tell("connection/ours", ConnectionRemoved(connection="ours"))
    with pytest.raises(NotFound, match="no connection"):
        sources.connected("ours")
    assert [each.name for each in sources.all()] == ["ours"]


def test_a_trouble_is_listed_once_and_gone_when_it_is_over() -> None:
    """With how often it was told; after the repository was walked, the connection mended, or a right delivery."""
    made, sources = Ledger(), Sources()
    made.also(sources)

    def tell(*troubles: str, what: str = "push") -> None:
        made.tell(
            "intake/ours",
            FactsReceived(connection="ours", what=what, deployments=(DEPLOYMENT,), troubles=troubles),
        )

    for _ in range(7):
        tell("shop: this connection may clone from nowhere.", "main was rewritten.")
    assert [(each.times, each.what.partition(" ")[0]) for each in sources.troubles] == [(7, "main"), (7, "shop:")]
    assert sources.all()[0].facts == {"deployments": 1}
    tell(what="deployment")
    assert len(sources.troubles) == 2, "another kind of delivery says nothing about these"
    made.tell("walk/ours/shop", HeadWalked(connection="ours", repository=SHOP, head=COMMIT.id, commits=1))
    assert [each.what for each in sources.troubles] == ["main was rewritten."]
    tell()
    assert not sources.troubles
    tell("main was rewritten.")
    sources.turned_away("ours")
    tool = ConnectedTool(kind="github", names=Mapping(source="ours"), fingerprint="f")
    made.tell("connection/ours", ConnectionAdded(connection="ours", tool=tool))
    assert (len(sources.troubles), sources.all()[0].turned_away) == (0, 0)
    sources.turned_away("ours")
    found = {"sources": [{"name": "ours", "turned_away": 1}], "troubles": []}
    assert "andon connect secret ours" in next(trouble_lines(found))
    sources.record_delivery("ours", START)
    assert sources.all()[0].turned_away == 0


def test_a_walk_under_way_is_listed() -> None:
    """With where it walks from, and since when."""
    walk = {"connection": "_own", "repository": "shop", "walking": "a" * 40, "known": "", "trouble": "", "at": None}
    (line,) = walk_lines([{**walk, "since": "2026-05-04T09:30:00Z"}])
    assert line == "  … this server/shop: git walks from aaaaaaaaaa since 2026-05-04 09:30 UTC"


def test_few_answers_are_only_counted() -> None:
    """Two people could tell who said what; three cannot."""
    made, pulses = Ledger(), Pulses()
    made.also(pulses)
    made.tell("pulse/people", PulseQuestionChosen(question="How was it?"))
    for voice, score in (("a", 2), ("b", 5), ("a", 3)):
        made.tell("pulse/people", PulseAnswered(week="2026-W48", voice=voice, score=score))
    (week,) = pulses.weeks()
    assert (week.n, week.median, week.counts) == (2, None, ())
    made.tell("pulse/people", PulseAnswered(week="2026-W48", voice="c", score=5))
    made.tell("pulse/people", PulseAnswered(week="2026-W49", voice="d", score=1))
    weeks = pulses.weeks()
    assert [(each.week, each.n) for each in weeks] == [("2026-W49", 1), ("2026-W48", 3)]
    assert (weeks[1].median, weeks[1].counts, pulses.question) == (5, (0, 0, 1, 0, 2), "How was it?")


def test_prices_keep_their_time() -> None:
    """The newest are in force; the others held before."""
    made, prices = Ledger(), PriceList()
    made.also(prices)
    assert prices.now is None
    for minute, price in ((0, 0.01), (60, 0.02)):
        made.tell("prices/main", PricesDeclared(prices=Prices(currency="EUR", per_run_minute=price)), minute)
    assert [each.since - START for each in prices.declared] == [timedelta(0), timedelta(hours=1)]
    assert prices.now is not None
    assert prices.now.per_run_minute == 0.02


def test_a_walk_of_our_own_repository_is_no_source() -> None:
    """Nobody else told these commits; that it is walked is seen all the same."""
    made, sources = Ledger(), Sources()
    made.also(sources)
    on = f"walk/{OWN}/shop"
    made.tell(on, WalkAsked(connection=OWN, repository=SHOP, clone_url="", head=COMMIT.id, by=START))
    made.tell(on, CommitsWalked(connection=OWN, repository=SHOP, commits=(COMMIT,)))
    assert sources.all() == ()
    assert [walk.is_own for walk in sources.walks()] == [True]
    assert made.measured.history.graph(SHOP).number(COMMIT.id) is not None
