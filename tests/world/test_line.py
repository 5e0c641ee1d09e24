"""The whole line in a seeded world: pushes, cords, promotions and rollbacks through crashes and lost messages."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest

from andon.kernel.envelope import Envelope
from andon.kernel.ids import Actor, BranchName, CommitId, EnvironmentName, RepositoryName, StreamId, chain_of
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.flow import react
from andon.line.rules import judge_all
from andon.testing.world import SeededWorld, SimulatedHouse
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.artifacts.model.artifact import NOUN as ARTIFACT
from andon.tools.delivery.events import NOUNS as DELIVERY
from andon.tools.delivery.events import (
    PromotionFailed,
    PromotionRequested,
    PromotionVerified,
    PullCord,
    ReleaseCord,
    RequestPromotion,
)
from andon.tools.pipelines.events import RunFinished, RunQueued
from andon.tools.pipelines.model.request import NOUN as REQUESTS
from andon.tools.pipelines.model.run import NOUN as RUN
from andon.tools.source.model.repository import NOUN as REPOSITORY
from andon.tools.source.model.repository import PushedCommit
from andon.tools.source.model.repository_commands import CreateRepository, RecordPush

from .ground import SHOP, Ground, digest_of

ADA = Actor("ada")
SHOP_REPOSITORY = RepositoryName("shop")
LINE_REPOSITORY = RepositoryName("line")
TEST, PRODUCTION = EnvironmentName("test"), EnvironmentName("production")
MAIN = BranchName("main")
SECONDS = 10
SEEDS = Path(__file__).parent / "failing_seeds.txt"


class Line:
    """One seeded history of a team that pushes, promotes, stops and goes back."""

    def __init__(self, seed: int) -> None:
        self.facts = Facts()
        self.ground = Ground()
        self.trunk: CommitId | None = None
        house = SimulatedHouse(
            nouns=(REPOSITORY, REQUESTS, RUN, ARTIFACT, *DELIVERY),
            ports=self.ground.ports(),
            react=lambda happened: react(happened, self.facts),
            judge=lambda order, state, now: judge_all(self.facts, order, now),
            observe=self.observe,
        )
        self.world = SeededWorld(seed, house)
        self.cord_at_request: list[PromotionRequested] = []
        for name in (LINE_REPOSITORY, SHOP_REPOSITORY):
            self.order(f"repository/{name}", CreateRepository(repository=name, trunk=MAIN))
        self.push(LINE_REPOSITORY, None)

    def observe(self, happened: Envelope[Any]) -> None:
        event = happened.event
        if isinstance(event, PromotionRequested) and self.facts.cords.stopping(event.environment, event.service):
            self.cord_at_request.append(event)
        self.facts.apply(happened)

    def order(self, to: str, command: Any, chain: Any = "") -> None:
        self.world.submit(Order(stream=StreamId(to), command=command, actor=ADA, chain=chain))

    def push(self, repository: RepositoryName, before: CommitId | None) -> CommitId:
        rng = self.world.rng
        commit = CommitId(hashlib.sha1(f"{repository}{rng.random()}".encode()).hexdigest())
        pushed = PushedCommit(
            commit=commit,
            author="Ada",
            author_email="ada@example.org",
            authored_at=self.world.now,
            committed_at=self.world.now,
            subject="Fix rounding",
        )
        for share, bad in ((0.15, self.ground.red), (0.15, self.ground.smoky), (0.1, self.ground.deadly)):
            if rng.random() < share:
                bad.add(commit if bad is self.ground.red else digest_of(commit))  # type: ignore[arg-type]  # one set of commits, two of digests
        record = RecordPush(repository=repository, branch=MAIN, before=before, after=commit, commits=(pushed,))
        self.order(f"repository/{repository}", record, chain_of(repository, commit))
        return commit

    def act(self) -> None:
        """Somebody does something."""
        roll = self.world.rng.random()
        if roll < 0.04:
            self.trunk = self.push(SHOP_REPOSITORY, self.trunk)
        elif roll < 0.08:
            self.promote()
        elif roll < 0.10:
            self.roll_back()
        elif roll < 0.12:
            scope = self.world.rng.choice(["line", "environment/production", "service/shop"])
            command: Any = (
                ReleaseCord(scope=scope, reason="safe")
                if scope in self.facts.cords
                else PullCord(scope=scope, reason="errors")
            )
            self.order("cord/line", command)

    def promote(self) -> None:
        digest = self.facts.standing(TEST, SHOP).live
        if digest is not None:
            self.request(digest, rollback=False)

    def roll_back(self) -> None:
        verified = self.facts.standing(PRODUCTION, SHOP).verified
        if len(verified) > 1:
            self.request(verified[-2], rollback=True)

    def request(self, digest: Any, *, rollback: bool) -> None:
        artifact = self.facts.artifacts[digest]
        command = RequestPromotion(
            environment=PRODUCTION,
            service=SHOP,
            digest=digest,
            version=artifact.version,
            commit=artifact.commit,
            repository=artifact.repository,
            rollback=rollback,
            why="asked for",
        )
        self.order(f"service/{PRODUCTION}/{SHOP}", command)

    def live(self, steps: int) -> None:
        """Some time with people, then time alone until nothing is left to do."""
        for _ in range(steps):
            self.act()
            self.world.step()
            self.check()
        for scope in [cord.scope for cord in self.facts.cords.pulled()]:
            self.order("cord/line", ReleaseCord(scope=scope, reason="over"))
        for _ in range(600):
            self.world.step()
            self.check()
            if self.settled():
                return
        raise AssertionError("it never comes to rest")

    def settled(self) -> bool:
        runs = self.world.streams("run").values()
        busy = any(s.in_progress for s in self.facts.standings.values())
        return all(state.phase == "removed" for state in runs) and not busy

    def check(self) -> None:
        """What must hold at every moment."""
        for (environment, service), modes in self.ground.routes.items():
            for slot, mode in modes.items():
                instance = self.ground.instances.get((environment, service, slot))
                if mode == "live" and instance is not None:
                    assert instance.digest not in self.ground.smoky, "traffic to what failed its smoke check"
            verified = self.facts.standing(EnvironmentName(environment), service).verified  # type: ignore[arg-type]  # keys of the ground are plain
            if verified:
                assert list(modes.values()).count("live") == 1, f"a verified service has {modes}"

    def check_history(self) -> None:
        """What must hold of everything that ever happened."""
        events = [happened.event for happened in self.world.ledger]
        assert not self.cord_at_request, "promoted into what a cord stops"
        verdicts = [e.promotion for e in events if isinstance(e, PromotionVerified | PromotionFailed)]
        asked = [e.promotion for e in events if isinstance(e, PromotionRequested)]
        assert sorted(verdicts) == sorted(asked), "a promotion without exactly one verdict"
        finished = [e.number for e in events if isinstance(e, RunFinished)]
        assert sorted(finished) == sorted(e.number for e in events if isinstance(e, RunQueued))
        published = [e.commit for e in events if isinstance(e, ArtifactPublished)]
        assert len(published) == len(set(published)), "built twice"
        assert not self.ground.red & set(published), "a red run published"
        self._check_order(events)

    def _check_order(self, events: list[Any]) -> None:
        tested: set[Any] = set()
        for event in events:
            if isinstance(event, PromotionVerified) and event.environment == TEST:
                tested.add(event.digest)
            if isinstance(event, PromotionRequested) and event.environment == PRODUCTION:
                assert event.digest in tested, "production before test"


def live(seed: int) -> Line:
    """One history, checked."""
    line = Line(seed)
    line.live(150)
    line.check_history()
    return line


def test_seeds_that_failed_once_pass() -> None:
    """A seed that found a defect is kept for ever."""
    for seed in SEEDS.read_text().split():
        live(int(seed))


@pytest.mark.timeout(120)
def test_the_line_holds_through_crashes_and_lost_doubled_and_late_messages() -> None:
    """Ten seconds of new seeds in every run; one that fails is written to failing_seeds.txt."""
    first = int(time.time()) * 1000
    until, seed, verified = time.monotonic() + SECONDS, first, 0
    while time.monotonic() < until:
        try:
            line = live(seed)
        except BaseException:
            with SEEDS.open("a") as kept:
                kept.write(f"{seed}\n")
            raise
        verified += sum(isinstance(e.event, PromotionVerified) for e in line.world.ledger)
        seed += 1
    assert seed - first >= 3, "hardly anything was simulated"
    assert verified, "no world got anything to production"
