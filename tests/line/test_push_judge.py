"""What the line says to a push before anything moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from andon.kernel.errors import Refused
from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName
from andon.line import push_judge
from andon.line.facts import Facts
from andon.line.ports import Ports
from andon.line.push_judge import PushJudge
from andon.machine.git.words import TooMuch
from andon.tools.delivery.events import LineDefined, ProtectedPaths, ServiceOwner
from andon.tools.delivery.views import Environments
from andon.tools.source.events import BranchPushed, ChangeApproved, RepositoryCreated
from andon.tools.source.model.push import RefUpdate
from andon.tools.source.ports import Push

from .histories import MAIN, REPOSITORY, SHOP, envelope, facts_of, landed_commit, line, published, repository

pytestmark = pytest.mark.anyio

NEW = CommitId("b" * 40)
LINE, COPY = RepositoryName("line"), RepositoryName("copy")
DEVELOPER, OPERATOR = frozenset({"read", "push"}), frozenset({"read", "push", "promote"})
LINE_TOML = 'schema = 1\n[[environment]]\nname = "test"\n'
PIPELINE = """schema = 1
[task.package]
run = "true"
artifact = { name = "another", path = "dist" }
[service]
name = "NAME"
command = ["./app"]
health = "/"
"""


class Files:
    """Repositories with the same files at every commit."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    async def blob(self, repository: RepositoryName, commit: CommitId, path: str, **more: Any) -> bytes | None:
        return self.files[path].encode() if path in self.files else None

    async def changed(self, repository: RepositoryName, *commits: Any, **more: Any) -> tuple[str, ...]:
        if "bomb" in self.files:
            raise TooMuch("this push changes more than 100,000 files")
        return tuple(self.files)


async def judged(
    facts: Facts,
    to: RepositoryName,
    files: Mapping[str, str],
    *,
    branch: str = "main",
    may: frozenset[str] = DEVELOPER,
) -> Refused | None:
    update = RefUpdate(ref=f"refs/heads/{branch}", before=None, after=NEW)
    push = Push(repository=to, updates=(update,), actor=Actor("bob"), permissions=may)
    ports = Ports({8600: "Andon itself"}, Environments(), lambda port: port == 5432)
    return await PushJudge(cast(Any, Files(files)), facts, ports).judge(push)


def pipeline(service: str) -> dict[str, str]:
    return {"andon.toml": PIPELINE.replace("NAME", service)}


def created(name: RepositoryName) -> RepositoryCreated:
    return RepositoryCreated(repository=name, trunk=MAIN)


def defined(**more: Any) -> LineDefined:
    return LineDefined(commit=NEW, environments=line().environments, placements=(), **more)


def pushed(to: RepositoryName, branch: str = "change") -> BranchPushed:
    return BranchPushed(repository=to, branch=BranchName(branch), before=None, after=NEW, commits=(landed_commit(NEW),))


async def test_a_service_of_another_repository_is_refused_at_the_push() -> None:
    """With the owner's name, and the way to hand it over; its owner goes on."""
    facts = facts_of(repository(), published())
    refused = await judged(facts, COPY, pipeline("shop"))
    assert refused is not None
    assert refused.rule == "one-source"
    assert "shop belongs to the repository shop" in refused.reason
    assert "andon service transfer shop --to copy" in refused.remedy
    assert await judged(facts, REPOSITORY, pipeline("shop")) is None
    assert await judged(facts, COPY, pipeline("other")) is None


async def test_a_side_branch_takes_nothing_and_may_name_anything() -> None:
    """Only trunks publish."""
    facts = facts_of(repository(), created(COPY), published())
    assert await judged(facts, COPY, pipeline("shop"), branch="try") is None


@pytest.mark.parametrize("alike", ["sh0p", "sho-p", "s.hop"])
async def test_a_name_that_is_taken_for_another_belongs_to_its_owner(alike: str) -> None:
    """People read names quickly."""
    refused = await judged(facts_of(repository(), published()), COPY, pipeline(alike))
    assert refused is not None
    assert f"and {alike} can be taken for it" in refused.reason


async def test_an_artifacts_name_is_no_free_name_for_a_service() -> None:
    """Services and artifacts share their names."""
    facts = facts_of(repository(), published(service=None))
    refused = await judged(facts, COPY, pipeline("shop"))
    assert refused is not None
    assert refused.rule == "one-source"


async def test_the_line_gives_a_service_to_a_repository_before_it_is_published() -> None:
    """Nobody else is first, and the way to hand it over is the file."""
    facts = facts_of(defined(owners=(ServiceOwner(service=SHOP, repository=REPOSITORY),)))
    refused = await judged(facts, COPY, pipeline("shop"))
    assert refused is not None
    assert '[service.shop] repository = "copy" in line.toml' in refused.remedy


async def test_only_an_operator_changes_the_line() -> None:
    """A developer is told how to ask; a first admin alone just pushes."""
    facts = facts_of(created(LINE))
    refused = await judged(facts, LINE, {"line.toml": LINE_TOML})
    assert refused is not None
    assert (refused.rule, "andon approve line bbbbbbb" in refused.remedy) == ("protected", True)
    assert await judged(facts, LINE, {"line.toml": LINE_TOML}, may=OPERATOR) is None
    assert await judged(facts, LINE, {"line.toml": LINE_TOML}, branch="change") is None


async def test_what_an_operator_approved_lands() -> None:
    """Exactly that commit."""
    facts = facts_of(created(LINE), pushed(LINE), ChangeApproved(repository=LINE, commit=NEW))
    assert await judged(facts, LINE, {"line.toml": LINE_TOML}) is None
    older = facts_of(created(LINE), ChangeApproved(repository=LINE, commit=CommitId("c" * 40)))
    assert await judged(older, LINE, {"line.toml": LINE_TOML}) is not None


async def test_protected_paths_need_an_operator_and_others_do_not() -> None:
    """line.toml says which; the refusal names the files."""
    protected = defined(protected=(ProtectedPaths(repository=REPOSITORY, paths=("deploy/**",)),))
    facts = facts_of(repository(), protected)
    assert await judged(facts, REPOSITORY, {"src/a": ""}) is None
    refused = await judged(facts, REPOSITORY, {"src/a": "", "deploy/x/y.yaml": ""})
    assert refused is not None
    assert "only an operator changes deploy/x/y.yaml of shop, and bob is none" in refused.reason


@pytest.mark.parametrize(("port", "holder"), [(8600, "Andon itself"), (5432, "another program on this machine")])
async def test_a_port_that_somebody_has_is_refused_with_its_holder(port: int, holder: str) -> None:
    """The server's own, and those of other programs."""
    text = f"{LINE_TOML}[service.shop.test]\nport = {port}\n"
    refused = await judged(facts_of(created(LINE)), LINE, {"line.toml": text}, may=OPERATOR)
    assert refused is not None
    assert f"[service.shop.test]: port {port} is that of {holder}." in refused.reason


INPUTS = 'schema = 1\n[task.test]\nrun = "true"\ninputs = [{}]\n'


def reading(*patterns: str) -> dict[str, str]:
    """A pipeline whose task has these inputs, and a file beside it."""
    return {"andon.toml": INPUTS.format(", ".join(f'"{pattern}"' for pattern in patterns)), "src/a": ""}


async def test_inputs_that_match_no_file_are_refused_at_the_push() -> None:
    """In the words of the check, before a green run lets the task be reused for ever; only where results are reused."""
    facts = facts_of(repository())
    refused = await judged(facts, REPOSITORY, reading("andon.toml", "scr/**"))
    assert refused is not None
    assert refused.rule == "inputs-match-files"
    assert 'andon.toml:4:25: the pattern "scr/**" matches no file of the commit. Did you mean "src/**"?' in str(refused)
    assert await judged(facts, REPOSITORY, reading("src/**")) is None
    assert await judged(facts, REPOSITORY, reading("scr/**"), branch="try") is None


async def test_a_file_that_is_wrong_in_another_way_is_told_by_its_run() -> None:
    """The push says what it alone can prevent."""
    files = {"andon.toml": INPUTS.format('"scr/**"') + 'needs = ["nothing"]\n'}
    assert await judged(facts_of(repository()), REPOSITORY, files) is None


async def test_what_takes_long_to_compare_is_left_to_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A push is judged in bounded time."""
    monkeypatch.setattr(push_judge, "MOST_COMPARED", 3)
    facts = facts_of(repository())
    assert await judged(facts, REPOSITORY, reading("scr/**")) is not None
    assert await judged(facts, REPOSITORY, reading("scr/**", "src/a")) is None
    assert await judged(facts, REPOSITORY, reading("scr/**") | {"bomb": ""}) is None


def test_facts_forget_hands_once_a_change_has_landed() -> None:
    """What is on the trunk waits for nobody."""
    facts = facts_of(created(LINE), pushed(LINE))
    assert facts.protection.hands(LINE, NEW) == frozenset({"ada"})
    facts.apply(envelope(ChangeApproved(repository=LINE, commit=NEW)))
    assert facts.protection.is_approved(LINE, NEW)


async def test_a_push_with_too_many_paths_to_judge_is_for_an_operator() -> None:
    """It is not read whole, and the pusher learns what to do; where nothing is protected nobody counts."""
    facts = facts_of(repository(), created(COPY), defined(protected=(protected_paths(),)))
    refused = await judged(facts, REPOSITORY, {"bomb": ""})
    assert refused is not None
    assert "has protected files, and this push changes more than 100,000 files." in refused.reason
    assert "ask an operator to push" in refused.remedy
    assert await judged(facts, REPOSITORY, {"bomb": ""}, may=OPERATOR) is None
    assert await judged(facts, COPY, {"bomb": ""}) is None


def protected_paths() -> ProtectedPaths:
    return ProtectedPaths(repository=REPOSITORY, paths=("deploy/**",))
