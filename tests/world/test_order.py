"""Four changes whose runs end in every order there is, with crashes: git says what is newest, not the clock."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.ids import (
    Actor,
    ArtifactName,
    BranchName,
    CommitId,
    EnvironmentName,
    RepositoryName,
    StreamId,
    TaskName,
    chain_of,
)
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.flow import react
from andon.line.rules import judge_all
from andon.testing.world import Faults, SeededWorld, SimulatedHouse
from andon.tools.artifacts.events import ArtifactPublished, ArtifactSuperseded
from andon.tools.artifacts.model.artifact import NOUN as ARTIFACT
from andon.tools.delivery.events import NOUNS as DELIVERY
from andon.tools.delivery.events import PromotionRequested, PullCord, ReleaseCord
from andon.tools.delivery.model import line
from andon.tools.delivery.model.line_report import ReportLine
from andon.tools.pipelines.model import run
from andon.tools.pipelines.model.pipeline import ArtifactSpec
from andon.tools.pipelines.model.request import NOUN as REQUESTS
from andon.tools.pipelines.model.request import RequestRun
from andon.tools.source.model.repository import NOUN as REPOSITORY
from andon.tools.source.model.repository import PushedCommit
from andon.tools.source.model.repository_commands import CreateRepository, RecordPush

from .ground import LINE_TOML, SERVICE, SHOP, Ground, Reports, digest_of, task

ADA = Actor("ada")
LINE, REPO = RepositoryName("line"), RepositoryName("shop")
MAIN = BranchName("main")
COMMITS = tuple(CommitId(f"{n:040x}") for n in range(1, 5))
AUTOMATIC = LINE_TOML.replace('"manual"', '"automatic"')


@dataclass(slots=True)
class Slow(Ground):
    """A world whose runs end when they are let."""

    let: set[CommitId] = field(default_factory=set)

    def read_pipeline(self, world: SeededWorld, at: StreamId, wish: run.ReadPipeline) -> Reports:
        artifact = ArtifactSpec(name=ArtifactName("shop"), task=TaskName("package"), path="dist")
        return (
            run.ReportPipeline(
                key=wish.key,
                tasks=(task("package"),),
                artifact=artifact,
                service=SERVICE,
                budget=timedelta(minutes=5),
            ),
        )

    def run_task(self, world: SeededWorld, at: StreamId, wish: run.RunTask) -> Reports:
        if wish.commit not in self.let:
            return (run.ReportStarted(key=wish.key, task=wish.spec.name, at=world.now),)
        outcome: Any = "failure" if wish.commit in self.red else "success"
        return (run.ReportEnded(key=wish.key, task=wish.spec.name, outcome=outcome, reason=""),)


class Trunk:
    """A house with two automatic environments, and a trunk that only gets longer."""

    def __init__(self, seed: int, faults: Faults, red: frozenset[CommitId] = frozenset()) -> None:
        self.facts, self.ground = Facts(), Slow(red=set(red))
        read = lambda world, at, wish: (ReportLine(key=wish.key, text=AUTOMATIC),)  # noqa: E731  (one port)
        house = SimulatedHouse(
            nouns=(REPOSITORY, REQUESTS, run.NOUN, ARTIFACT, *DELIVERY),
            ports={**self.ground.ports(), line.ReadLine: read},
            react=lambda happened: react(happened, self.facts),
            judge=lambda order, state, now: judge_all(self.facts, order, now),
            observe=self.facts.apply,
            faults=faults,
        )
        self.world = SeededWorld(seed, house)
        for name in (LINE, REPO):
            self.order(f"repository/{name}", CreateRepository(repository=name, trunk=MAIN))
        self.land(LINE, CommitId("f" * 40), None)
        self.steps(8)

    def order(self, to: str, command: Any, chain: Any = "") -> None:
        self.world.submit(Order(stream=StreamId(to), command=command, actor=ADA, chain=chain))

    def land(self, repository: RepositoryName, commit: CommitId, before: CommitId | None) -> None:
        pushed = PushedCommit(
            commit=commit,
            author="Ada",
            author_email="ada@example.org",
            authored_at=self.world.now,
            committed_at=self.world.now,
            subject="Fix rounding",
        )
        push = RecordPush(repository=repository, branch=MAIN, before=before, after=commit, commits=(pushed,))
        self.order(f"repository/{repository}", push, chain_of(repository, commit))

    def run_again(self, commit: CommitId) -> None:
        command = RequestRun(repository=REPO, commit=commit, branch=MAIN, subject="", author="")
        self.order(f"requests/{REPO}", command)

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.world.step()

    def settle(self) -> None:
        still = 0
        for _ in range(600):
            before = len(self.world.ledger)
            self.world.step()
            still = still + 1 if len(self.world.ledger) == before and self.rests() else 0
            if still == 3:
                return
        raise AssertionError("it never comes to rest")

    def rests(self) -> bool:
        runs = self.world.streams("run").values()
        return all(one.phase == "removed" for one in runs) and not any(
            one.in_progress for one in self.facts.standings.values()
        )

    def play(self, story: Sequence[tuple[str, int]]) -> None:
        """Land changes and let runs end, in this order; then everything comes to rest."""
        for what, number in story:
            if what == "lands":
                self.land(REPO, COMMITS[number], COMMITS[number - 1] if number else None)
            else:
                self.ground.let.add(COMMITS[number])
            self.steps(self.world.rng.randrange(4))
        self.settle()

    def check(self) -> None:
        """What must hold whatever ended when."""
        newest = max((c for c in COMMITS if c not in self.ground.red), default=None)
        for environment in ("test", "production"):
            live = self.facts.standing(EnvironmentName(environment), SHOP).live
            assert live == (digest_of(newest) if newest else None), (
                f"{environment} does not run the newest green change"
            )
        published = [e.event for e in self.world.ledger if isinstance(e.event, ArtifactPublished)]
        assert sorted(published, key=lambda e: e.commit) == sorted(published, key=lambda e: parts(e.version))
        assert len({e.version for e in published}) == len(published)
        self._check_who_enters()

    def _check_who_enters(self) -> None:
        for environment in ("test", "production"):
            asked = [
                e.event.commit
                for e in self.world.ledger
                if isinstance(e.event, PromotionRequested) and e.event.environment == environment
            ]
            assert asked == sorted(asked), f"an older change entered {environment} after a newer one"


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def interleavings() -> Iterator[tuple[tuple[str, int], ...]]:
    """Every order of four landings, which have theirs, and the ends of their runs."""
    moves = [("lands", n) for n in range(4)] + [("ends", n) for n in range(4)]
    for ends in itertools.permutations(moves[4:]):
        for places in itertools.combinations(range(8), 4):
            lands, ended = iter(moves[:4]), iter(ends)
            story = tuple(next(lands) if at in places else next(ended) for at in range(8))
            if all(story.index(("lands", n)) < story.index(("ends", n)) for n in range(4)):
                yield story


STORIES = tuple(interleavings())
CALM = Faults(lost_effect=0, doubled_effect=0, lost_report=0, late_report=0, old_report=0, crash=0)


def test_there_are_as_many_stories_as_there_should_be() -> None:
    """1 * 3 * 5 * 7."""
    assert len(set(STORIES)) == len(STORIES) == 105


@pytest.mark.parametrize("faults", [CALM, Faults(crash=0.1)], ids=["calm", "crashes"])
def test_the_newest_green_change_is_live_whatever_ended_last(faults: Faults) -> None:
    """In every interleaving, with some of the runs red."""
    for seed, story in enumerate(STORIES):
        rng = random.Random(seed)
        trunk = Trunk(seed, faults, frozenset(c for c in COMMITS if rng.random() < 0.25))
        trunk.play(story)
        trunk.check()


def test_what_was_red_once_and_is_green_now_does_not_go_back() -> None:
    """An old run that is done again is published below what is live, recorded, and goes nowhere."""
    trunk = Trunk(1, CALM, frozenset(COMMITS[:1]))
    trunk.play([("lands", 0), ("ends", 0), ("lands", 1), ("ends", 1)])
    trunk.ground.red.clear()
    trunk.run_again(COMMITS[0])
    trunk.settle()
    first, second = (trunk.facts.artifacts[digest_of(commit)] for commit in COMMITS[:2])
    assert (second.version, first.version) == ("1.2", "1.1")
    (superseded,) = [e.event for e in trunk.world.ledger if isinstance(e.event, ArtifactSuperseded)]
    assert (superseded.version, superseded.by) == ("1.1", "1.2")
    assert all(trunk.facts.standing(EnvironmentName(e), SHOP).live == second.digest for e in ("test", "production"))


def test_a_released_cord_lets_the_newest_go_on() -> None:
    """Not what was published last."""
    trunk = Trunk(2, CALM)
    trunk.order("cord/line", PullCord(scope="line", reason="errors"))
    trunk.play([("lands", 0), ("lands", 1), ("ends", 1), ("ends", 0)])
    trunk.order("cord/line", ReleaseCord(scope="line", reason="fixed"))
    trunk.settle()
    assert trunk.facts.standing(EnvironmentName("production"), SHOP).verified == (digest_of(COMMITS[1]),)
