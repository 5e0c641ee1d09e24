"""Which commits on branches wait for an operator, over a real git repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName
from andon.line.approvals import LineApprovals
from andon.line.facts import Facts
from andon.tools.delivery.events import LineDefined, ProtectedPaths
from andon.tools.source.adapters.repositories_git import BareRepositories, repositories
from andon.tools.source.events import BranchPushed, ChangeApproved, RepositoryCreated
from andon.tools.source.views import Repositories
from tests.line.histories import envelope, line
from tests.tools.source.client import Copy, working_copy

pytestmark = pytest.mark.anyio

SHOP, MAIN, BOB, GRACE = RepositoryName("shop"), BranchName("main"), Actor("bob"), Actor("grace")


class Shop:
    """A repository whose deploy/** an operator changes, and the views over it."""

    def __init__(self, git: BareRepositories, copy: Copy) -> None:
        self.git, self.copy = git, copy
        self.repositories, self.facts = Repositories(), Facts()
        protected = (ProtectedPaths(repository=SHOP, paths=("deploy/**",)),)
        base = line()
        self.tell(RepositoryCreated(repository=SHOP, trunk=MAIN))
        self.tell(LineDefined(commit=base.commit, environments=base.environments, placements=(), protected=protected))

    def tell(self, event: object) -> None:
        self.repositories.apply(envelope(event, BOB))
        self.facts.apply(envelope(event, BOB))

    async def push(self, branch: str) -> CommitId:
        """The working copy's newest commit, by Bob."""
        await self.copy.git("push", "-q", str(self.git.folder(SHOP)), f"HEAD:refs/heads/{branch}")
        commit = CommitId((await self.copy.git("rev-parse", "HEAD")).strip())
        pushed = BranchPushed(repository=SHOP, branch=BranchName(branch), before=None, after=commit, commits=())
        self.tell(pushed)
        return commit

    async def waiting(self, actor: Actor) -> dict[str, tuple[tuple[str, ...], bool, bool]]:
        found = await LineApprovals(self.git, self.repositories, self.facts).of(SHOP, actor)
        return {one.branch: (one.paths, one.is_approved, one.is_anothers) for one in found}


@pytest.fixture
async def shop(tmp_path: Path) -> Shop:
    """With one commit on its trunk."""
    git = BareRepositories(tmp_path / "repositories", search_path=os.environ["PATH"])
    await git.prepare()
    await git.create(SHOP, MAIN)
    made = Shop(git, await working_copy(tmp_path / "copy"))
    await made.copy.commit("One", one="1")
    await made.push("main")
    return made


async def test_what_changes_a_protected_path_waits_for_another_person(shop: Shop) -> None:
    """Not what leaves it alone; approved, it says so until it lands."""
    (shop.copy.folder / "deploy").mkdir()
    commit = await shop.copy.commit("Rates", **{"deploy/rates.toml": "vat = 25\n"})
    await shop.push("rates")
    await shop.copy.git("reset", "-q", "--hard", "HEAD~1")
    await shop.copy.commit("Text", two="2")
    await shop.push("text")
    assert await shop.waiting(BOB) == {"rates": (("deploy/rates.toml",), False, False)}
    assert await shop.waiting(GRACE) == {"rates": (("deploy/rates.toml",), False, True)}
    shop.tell(ChangeApproved(repository=SHOP, commit=CommitId(commit.strip())))
    assert await shop.waiting(GRACE) == {"rates": (("deploy/rates.toml",), True, True)}


async def test_a_change_that_is_too_large_to_list_does_not_hide_the_page(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is approved by its id, as its refused push says."""
    monkeypatch.setattr(repositories, "MOST_CHANGED", 0)
    await shop.copy.commit("Text", two="2")
    await shop.push("text")
    assert await shop.waiting(GRACE) == {}


async def test_what_cannot_land_as_it_is_waits_for_nothing(shop: Shop) -> None:
    """A branch that does not follow the trunk is rebased first, and is another commit then."""
    (shop.copy.folder / "deploy").mkdir()
    await shop.copy.commit("Rates", **{"deploy/rates.toml": "vat = 25\n"})
    await shop.push("rates")
    await shop.copy.git("reset", "-q", "--hard", "HEAD~1")
    await shop.copy.commit("Trunk goes on", two="2")
    await shop.push("main")
    assert await shop.waiting(GRACE) == {}
