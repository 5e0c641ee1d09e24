"""Reading bare repositories with the git command."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid, PortError
from andon.kernel.ids import BranchName, CommitId, RepositoryName
from andon.machine.git.words import TooMuch
from andon.tools.source.adapters.repositories_git import BareRepositories, repositories
from andon.tools.source.model.repository import MOST_COMMITS
from andon.tools.source.ports import NO_QUARANTINE

from ...client import Copy, working_copy

pytestmark = pytest.mark.anyio

SHOP = RepositoryName("shop")
MAIN = BranchName("main")


@pytest.fixture
async def bare(tmp_path: Path) -> BareRepositories:
    """A folder with one empty repository."""
    repositories = BareRepositories(tmp_path / "bare", search_path=os.environ["PATH"])
    await repositories.prepare()
    await repositories.create(SHOP, MAIN)
    return repositories


@pytest.fixture
async def copy(bare: BareRepositories, tmp_path: Path) -> Copy:
    """A working copy with the repository as its remote."""
    return await working_copy(tmp_path / "copy", str(bare.folder(SHOP)))


async def pushed(copy: Copy, subject: str, **files: str) -> CommitId:
    commit = await copy.commit(subject, **files)
    await copy.git("push", "-q", "--force", "origin", "main")
    return CommitId(commit)


async def test_commits_are_read_as_they_are(bare: BareRepositories, copy: Copy) -> None:
    """Names and subjects in any script, times in UTC."""
    commit = await pushed(copy, "Größe, 数 und | \\ \" '")

    (read,) = await bare.log(SHOP, commit, without=None, quarantine=NO_QUARANTINE)

    assert (read.commit, read.subject, read.author) == (commit, "Größe, 数 und | \\ \" '", "Ada")
    assert read.author_email == "ada@example.org"
    assert timedelta() <= datetime.now(UTC) - read.committed_at < timedelta(minutes=5)  # noqa: TID251  (git's own clock)


async def test_a_log_stops_at_what_is_known(bare: BareRepositories, copy: Copy) -> None:
    """Newest first, without the commits that were there before, and never empty."""
    first, second = await pushed(copy, "One"), await pushed(copy, "Two")
    third = await pushed(copy, "Three")

    log = await bare.log(SHOP, third, without=first, quarantine=NO_QUARANTINE)
    assert [commit.commit for commit in log] == [third, second]
    (known,) = await bare.log(SHOP, first, without=third, quarantine=NO_QUARANTINE)
    assert known.commit == first


async def test_commits_name_their_parents(bare: BareRepositories, copy: Copy) -> None:
    """None for the first, one for most, two for a merge, in git's own order."""
    first = await pushed(copy, "One")
    await copy.git("switch", "-q", "--create", "idea")
    idea = CommitId(await copy.commit("An idea", idea="idea"))
    await copy.git("switch", "-q", "main")
    second = await pushed(copy, "Two", two="two")
    await copy.git("merge", "-q", "--no-ff", "--message", "Take the idea", "idea")
    merge = await pushed(copy, "Three", three="three")

    log = await bare.log(SHOP, merge, without=None, quarantine=NO_QUARANTINE)
    parents = {commit.subject: commit.parents for commit in log}
    assert (parents["One"], parents["Two"]) == ((), (first,))
    assert parents["Take the idea"] == (second, idea)


async def test_a_long_log_is_cut(bare: BareRepositories, copy: Copy) -> None:
    """A repository with much history is pushed like any other."""
    stream = "".join(
        f"commit refs/heads/main\ncommitter Ada <a@b> {number} +0000\ndata 1\nx\n" for number in range(MOST_COMMITS + 5)
    )
    (copy.folder / "stream").write_text(stream)
    await copy.git("-c", "alias.load=!git fast-import --quiet <stream", "load")
    await copy.git("push", "-q", "origin", "main")
    (head,) = await bare.heads(SHOP)

    assert len(await bare.log(SHOP, head.commit, without=None, quarantine=NO_QUARANTINE)) == MOST_COMMITS


async def test_a_file_is_read_at_a_commit(bare: BareRepositories, copy: Copy) -> None:
    """Bytes as they are; None for what is not there or is a folder."""
    commit = await pushed(copy, "Line", **{"line.toml": "schema = 1\n"})

    assert await bare.blob(SHOP, commit, "line.toml") == b"schema = 1\n"
    assert await bare.blob(SHOP, commit, "nothing.toml") is None
    assert await bare.blob(SHOP, commit, "") is None


async def test_a_file_that_is_too_large_is_not_read(bare: BareRepositories, copy: Copy) -> None:
    """Nobody writes a megabyte of settings."""
    commit = await pushed(copy, "Line", **{"line.toml": "#" * (1024 * 1024 + 1)})

    with pytest.raises(Invalid, match=r"line.toml has more than 1,048,576 bytes"):
        await bare.blob(SHOP, commit, "line.toml")


async def test_a_repository_is_made_once_and_keeps_what_it_has(bare: BareRepositories, copy: Copy) -> None:
    """Creating again only sets the trunk."""
    commit = await pushed(copy, "One")
    await bare.create(SHOP, BranchName("stable"))

    assert [head.commit for head in await bare.heads(SHOP)] == [commit]
    assert (bare.folder(SHOP) / "HEAD").read_text() == "ref: refs/heads/stable\n"
    assert bare.names() == (SHOP,)


async def test_nothing_of_the_machine_reaches_git(
    bare: BareRepositories, copy: Copy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither the server's environment nor a user's settings."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[broken")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    commit = await pushed(copy, "One")
    assert [head.commit for head in await bare.heads(SHOP)] == [commit]


async def test_git_that_fails_says_why(bare: BareRepositories) -> None:
    """The message names the repository and git's own reason."""
    with pytest.raises(PortError, match=r"git log in shop.git failed: fatal: bad object"):
        await bare.log(SHOP, CommitId("1" * 40), without=None, quarantine=NO_QUARANTINE)


async def test_git_that_is_missing_is_named(tmp_path: Path) -> None:
    """The remedy is in the message."""
    repositories = BareRepositories(tmp_path / "bare", search_path=str(tmp_path))

    with pytest.raises(PortError, match="Install git, and put it on PATH"):
        await repositories.prepare()


async def test_git_that_is_too_old_is_not_used(tmp_path: Path) -> None:
    """It would not run the hooks, and so let everything in."""
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.30.2\n")
    (tmp_path / "git").chmod(0o755)
    repositories = BareRepositories(tmp_path / "bare", search_path=f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(PortError, match=r"Andon needs git 2.31 or newer; here is git version 2.30.2."):
        await repositories.prepare()


async def test_no_thread_waits_for_a_child(bare: BareRepositories) -> None:
    """Children are awaited by the event loop."""
    before = threading.active_count()
    for _ in range(5):
        await bare.heads(SHOP)
    assert threading.active_count() == before


async def test_a_bomb_of_trees_is_not_listed_whole(
    bare: BareRepositories, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six small trees stand for a million files; the same of what changed between two commits."""
    before = await pushed(copy, "One", file="1")
    tree, kind = (await copy.git("rev-parse", "HEAD:file")).strip(), "100644 blob"
    for _ in range(6):
        (copy.folder / "entries").write_text("".join(f"{kind} {tree}\t{number}\n" for number in range(10)))
        tree, kind = (await copy.git("-c", "alias.tree=!git mktree <entries", "tree")).strip(), "040000 tree"
    after = CommitId((await copy.git("commit-tree", "-p", before, "-m", "Bomb", tree)).strip())
    await copy.git("push", "-q", "origin", f"{after}:refs/heads/main")
    for since in (None, before):
        with pytest.raises(TooMuch, match=r"changes more than 100,000 files, or 16 MiB of their names"):
            await bare.changed(SHOP, since, after, quarantine=NO_QUARANTINE)
    monkeypatch.setattr(repositories, "_MOST_CHANGED_BYTES", 3)
    with pytest.raises(TooMuch):
        await bare.changed(SHOP, None, before, quarantine=NO_QUARANTINE)
    monkeypatch.undo()
    assert await bare.changed(SHOP, None, before, quarantine=NO_QUARANTINE) == ("file",)
