"""Walking repositories that are elsewhere, with real git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from andon.kernel.errors import PortError
from andon.kernel.ids import CommitId, RepositoryName
from andon.tools.measurement.adapters.mirrors_git import GitMirrors, GitOwn, mirrors
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.intake.walk import OWN, WalkRepository
from tests.tools.measurement.adapters.redirecting import redirecting, silent_git

pytestmark = pytest.mark.anyio
SHOP = RepositoryName("shop")
HEAD = CommitId("a1" * 20)


class Remote:
    """A repository elsewhere, as a person has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        """Run git, which must go well."""
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "uploadpack.allowFilter=true")
        environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.folder, env=environ, capture_output=True, timeout=60, check=True
        )
        return done.stdout.decode().strip()

    def commit(self, subject: str) -> CommitId:
        """One more on the branch that is checked out."""
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return CommitId(self.git("rev-parse", "HEAD"))

    @property
    def url(self) -> str:
        """Where it is cloned from."""
        return self.folder.as_uri()


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """An empty one."""
    return Remote(tmp_path / "remote")


class Walker:
    """Mirrors, and what they handed on."""

    def __init__(self, folder: Path) -> None:
        self.mirrors = GitMirrors(folder)
        self.batches: list[tuple[Commit, ...]] = []

    async def walk(self, url: str, head: CommitId, *walked: CommitId) -> list[str]:
        """The subjects of the commits, in the order in which they came."""
        self.batches.clear()

        async def take(commits: tuple[Commit, ...]) -> None:
            self.batches.append(commits)

        asked = WalkRepository(connection="ours", repository=SHOP, clone_url=url, head=head, walked=walked)
        told = await self.mirrors.walk(asked, take)
        found = [commit.subject for batch in self.batches for commit in batch]
        assert told.commits == len(found)
        return found


@pytest.fixture
def walker(tmp_path: Path) -> Walker:
    """With nothing fetched yet."""
    return Walker(tmp_path / "mirrors")


async def test_commits_come_with_their_parents(remote: Remote, walker: Walker) -> None:
    """Names in any script, times in UTC."""
    first = remote.commit("One")
    second = remote.commit("Größe, 数 und | \\ \" '")
    assert await walker.walk(remote.url, second) == ["Größe, 数 und | \\ \" '", "One"]
    newest, oldest = (commit for batch in walker.batches for commit in batch)
    assert (newest.id, newest.parents, newest.author, newest.repository) == (second, (first,), "Ada", SHOP)
    assert (oldest.parents, oldest.committed_at.tzinfo is not None) == ((), True)


async def test_only_what_is_new_comes_the_next_time(remote: Remote, walker: Walker) -> None:
    """What leads to a known head is known; a branch that is not asked about is not told."""
    first = remote.commit("One")
    await walker.walk(remote.url, first)
    second = remote.commit("Two")
    remote.git("switch", "--quiet", "--create", "idea")
    remote.commit("An idea")
    assert await walker.walk(remote.url, second, first) == ["Two"]
    assert await walker.walk(remote.url, second, CommitId("f" * 40)) == ["Two", "One"]


async def test_much_comes_in_parts(remote: Remote, walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that others have their turn."""
    monkeypatch.setattr(mirrors, "MOST_COMMITS", 2)
    heads = [remote.commit(f"{number}") for number in range(5)]
    assert await walker.walk(remote.url, heads[-1]) == ["4", "3", "2", "1", "0"]
    assert [len(batch) for batch in walker.batches] == [2, 2, 1]


async def test_a_head_that_was_rewritten_away_is_said(remote: Remote, walker: Walker) -> None:
    """Nobody takes another commit for it."""
    remote.commit("One")
    with pytest.raises(PortError, match="is in no branch of shop any more") as said:
        await walker.walk(remote.url, CommitId("d" * 40))
    assert said.value.permanent


async def test_what_cannot_be_cloned_is_said_in_gits_words(walker: Walker, tmp_path: Path) -> None:
    """And by no program that an address names."""
    with pytest.raises(PortError, match="git fetch: ") as said:
        await walker.walk((tmp_path / "nothing").as_uri(), CommitId("a" * 40))
    assert said.value.permanent
    with pytest.raises(PortError, match="git fetch: "):
        await walker.walk(f"ext::touch {tmp_path / 'touched'}", CommitId("a" * 40))
    assert not (tmp_path / "touched").exists()


async def test_a_server_that_is_away_is_asked_again(walker: Walker) -> None:
    """It may come back; a repository that is not there does not by itself."""
    with pytest.raises(PortError, match="git fetch: ") as said:
        await walker.walk("http://127.0.0.1:1/shop.git", CommitId("a" * 40))
    assert not said.value.permanent


async def test_a_shallow_remote_is_said(remote: Remote, walker: Walker, tmp_path: Path) -> None:
    """Its history is cut off, and a number from it would be wrong."""
    remote.commit("One")
    head = remote.commit("Two")
    shallow = tmp_path / "shallow"
    remote.git("clone", "--quiet", "--depth", "1", remote.url, str(shallow))
    asked = WalkRepository(connection="ours", repository=SHOP, clone_url=shallow.as_uri(), head=head, walked=())

    async def take(commits: tuple[Commit, ...]) -> None:
        walker.batches.append(commits)

    told = await walker.mirrors.walk(asked, take)
    assert told.commits == 1
    assert any("cut off" in trouble for trouble in told.troubles)


async def test_nobody_sends_git_elsewhere(walker: Walker) -> None:
    """The address was checked, and where it leads was not."""
    with silent_git() as (port, asked), redirecting(f"http://127.0.0.1:{port}") as url:
        with pytest.raises(PortError, match=r"elsewhere, which is not followed\. Let it name") as failed:
            await walker.walk(f"{url}/shop.git", HEAD)
        assert asked == []
    assert failed.value.permanent


@pytest.mark.parametrize("url", ["ext::sh -c id", "ftp://127.0.0.1/x", "HTTP://127.0.0.1/x"])
async def test_git_speaks_no_other_way(walker: Walker, url: str) -> None:
    """Than the address says, of those that are known."""
    with pytest.raises(PortError, match="not allowed"):
        await walker.walk(url, HEAD)


async def test_the_own_repositories_are_read_where_they_are(remote: Remote, tmp_path: Path) -> None:
    """Nothing is fetched and nothing is written; only what is not walked comes."""
    first, second = remote.commit("One"), remote.commit("Two")
    before = sorted(path for path in remote.folder.rglob("*") if path.is_file())
    found: list[Commit] = []

    async def take(commits: tuple[Commit, ...]) -> None:
        found.extend(commits)

    own = GitOwn(
        lambda name: remote.folder / ".git" if name == SHOP else tmp_path / "none", search_path=os.environ["PATH"]
    )
    asked = WalkRepository(connection=OWN, repository=SHOP, clone_url="", head=second, walked=(first,))
    walked = await own.walk(asked, take)
    assert (walked.commits, [(one.id, one.parents) for one in found]) == (1, [(second, (first,))])
    assert sorted(path for path in remote.folder.rglob("*") if path.is_file()) == before
    with pytest.raises(PortError, match="git "):
        await own.walk(
            WalkRepository(connection=OWN, repository=SHOP, clone_url="", head=CommitId("f" * 40), walked=()), take
        )
