"""Commits and checkouts from repositories that nobody trusts."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid, NotFound, PortError
from andon.kernel.ids import CommitId, RepositoryName, RunNumber, TaskName
from andon.tools.pipelines.adapters.workspaces_git import checkouts
from andon.tools.pipelines.adapters.workspaces_git.checkouts import GitWorkspaces
from andon.tools.pipelines.adapters.workspaces_git.commits import BIGGEST_FILE_BYTES, GitCommits
from andon.tools.pipelines.ports import Tree

from ..workshop import SHOP, Workshop, git

pytestmark = pytest.mark.anyio

RUN, UNIT = RunNumber(1), TaskName("unit")
NO_COMMIT = CommitId("d" * 40)


def workspaces(shop: Workshop) -> GitWorkspaces:
    return GitWorkspaces(shop.data / "repositories", shop.data / "runs", os.environ["PATH"])


def contents(tree: Tree) -> dict[str, bytes]:
    """Every file of a checkout."""
    return {str(p.relative_to(tree.path)): p.read_bytes() for p in Path(tree.path).rglob("*") if p.is_file()}


def commits(shop: Workshop) -> GitCommits:
    return GitCommits(shop.data / "repositories", os.environ["PATH"])


async def test_a_checkout_is_exactly_the_commit(shop: Workshop) -> None:
    """Names, contents and modes; and no .git."""
    commit = shop.commit({"a b/c": "text\n", "bytes": b"\x00\xff", "übung": "ü"})
    tree = await workspaces(shop).shared(RUN, SHOP, commit)
    assert contents(tree) == {"a b/c": b"text\n", "bytes": b"\x00\xff", "übung": "ü".encode()}


async def test_a_checkout_is_made_once_for_all_tasks(shop: Workshop) -> None:
    """Also when they ask at the same time."""
    commit = shop.commit({"file": "text"})
    spaces = workspaces(shop)
    first, second = await asyncio.gather(*(spaces.shared(RUN, SHOP, commit) for _ in range(2)))
    assert first == second
    assert first.is_shared


async def test_a_checkout_that_was_cut_off_is_made_anew(shop: Workshop) -> None:
    """Half a checkout is never taken for a whole one."""
    commit = shop.commit({"file": "text"})
    half = shop.data / "runs" / "1" / ".source.making"
    half.mkdir(parents=True)
    (half / "stray").touch()
    index = half.with_name(".source.making.index")
    whole = {**os.environ, "GIT_INDEX_FILE": str(index)}
    repository = shop.data / "repositories" / "shop.git"
    command = ["git", f"--git-dir={repository}", "read-tree", commit]
    await asyncio.to_thread(subprocess.run, command, env=whole, check=True, timeout=30)
    index.with_name(f"{index.name}.lock").touch()
    tree = await workspaces(shop).shared(RUN, SHOP, commit)
    assert list(contents(tree)) == ["file"]


async def test_a_repositorys_hooks_and_filters_do_not_run(shop: Workshop) -> None:
    """Nothing that was pushed, or set in the repository, is executed here."""
    commit = shop.commit({"file": "text", ".gitattributes": "* filter=evil\n"})
    bare, mark = shop.data / "repositories" / "shop.git", shop.data / "executed"
    for hook in ("post-checkout", "post-index-change"):
        (bare / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {mark}\n")
        (bare / "hooks" / hook).chmod(0o755)
    git("-C", str(bare), "config", "core.fsmonitor", f"touch {mark}")
    tree = await workspaces(shop).own(RUN, UNIT, SHOP, commit)
    assert (Path(tree.path) / "file").read_text() == "text"
    assert not mark.exists()


async def test_links_in_a_commit_stay_links(shop: Workshop) -> None:
    """They are not followed when the checkout is made."""
    made = shop.data / "links"
    git("init", "-q", "-b", "trunk", str(made))
    (made / "out").symlink_to("/etc")
    git("-C", str(made), "add", "-A")
    git("-C", str(made), "commit", "-q", "-m", "Links")
    bare = shop.data / "repositories" / "shop.git"
    git("clone", "-q", "--bare", str(made), str(bare))
    commit = CommitId(git("-C", str(bare), "rev-parse", "HEAD").strip())
    tree = await workspaces(shop).own(RUN, UNIT, SHOP, commit)
    assert contents(tree) == {}
    with pytest.raises(Invalid, match="leads out"):
        await workspaces(shop).inside(RUN, UNIT, "out/hostname")


@pytest.mark.parametrize(
    ("bound", "value", "why"),
    [
        ("LONGEST_LIST_BYTES", 16 * 1024, "the list of its files has more than 16 KiB"),
        ("LARGEST_BYTES", 5000, "files have more than 4.9 KiB together"),
    ],
)
async def test_trees_that_hold_each_other_are_not_checked_out(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, bound: str, value: int, why: str
) -> None:
    """A few small objects can stand for more files than a disk holds: that is found before the first is written."""
    monkeypatch.setattr(checkouts, bound, value)
    shop.commit({"file": "0123456789"})
    bare = ("--git-dir", str(shop.data / "repositories" / "shop.git"))
    tree, kind = git(*bare, "rev-parse", "HEAD:file").strip(), "100644 blob"
    for _ in range(3):
        tree, kind = mktree(bare, f"{kind} {tree}"), "040000 tree"
    name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    commit = CommitId(git(*bare, *name, "commit-tree", "-m", "Many", tree).strip())
    with pytest.raises(PortError, match=why) as refused:
        await workspaces(shop).shared(RUN, SHOP, commit)
    assert refused.value.permanent
    assert not any((shop.data / "runs").rglob("[0-9]/[0-9]"))


def mktree(bare: tuple[str, ...], entry: str) -> str:
    """A tree that holds the same thing ten times."""
    lines = "".join(f"{entry}\t{number}\n" for number in range(10))
    made = subprocess.run(["git", *bare, "mktree"], input=lines, capture_output=True, text=True, check=True)
    return made.stdout.strip()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("loop", "lead to each other"),
        ("loop/below", "lead to each other"),
        ("x/" * 3000, "too long"),
        ("y" * 300, "too long"),
        ("none", "left no"),
        ("outside/none", "leads out"),
        ("outside/etc/hostname", "leads out"),
    ],
)
async def test_what_cannot_be_found_in_a_checkout_is_told(shop: Workshop, path: str, reason: str) -> None:
    """In words, and nothing of what there is outside of it."""
    tree = Path((await workspaces(shop).own(RUN, UNIT, SHOP, shop.commit({"file": "text"}))).path)
    (tree / "loop").symlink_to("loop")
    (tree / "outside").symlink_to("/")
    with pytest.raises(Invalid, match=reason) as refused:
        await workspaces(shop).inside(RUN, UNIT, path)
    assert len(str(refused.value)) < 300


async def test_a_commit_that_is_not_there_is_not_found(shop: Workshop) -> None:
    """Nor is one of a repository that is not there."""
    shop.commit({"file": "text"})
    with pytest.raises(NotFound):
        await workspaces(shop).shared(RUN, SHOP, NO_COMMIT)
    with pytest.raises(NotFound):
        await commits(shop).text(RepositoryName("other"), NO_COMMIT, "andon.toml")
    with pytest.raises(NotFound):
        await commits(shop).text(SHOP, NO_COMMIT, "andon.toml")


async def test_a_file_is_read_without_a_checkout(shop: Workshop) -> None:
    """None when there is none."""
    commit = shop.commit({"andon.toml": "schema = 1\n"})
    assert await commits(shop).text(SHOP, commit, "andon.toml") == "schema = 1\n"
    assert await commits(shop).text(SHOP, commit, "other.toml") is None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * (BIGGEST_FILE_BYTES + 1)])
async def test_a_file_that_is_no_text_or_too_big_is_invalid(shop: Workshop, content: bytes) -> None:
    """It is not read into memory first."""
    commit = shop.commit({"andon.toml": content})
    with pytest.raises(Invalid, match=r"andon\.toml"):
        await commits(shop).text(SHOP, commit, "andon.toml")


async def test_entries_name_every_file_with_its_content(shop: Workshop) -> None:
    """Equal contents have equal ids."""
    commit = shop.commit({"a": "same", "b/c": "same", "d": "other"})
    entries = {entry.path: entry.content for entry in await commits(shop).entries(SHOP, commit)}
    assert set(entries) == {"a", "b/c", "d"}
    assert entries["a"] == entries["b/c"] != entries["d"]


async def test_the_commits_time_fits_into_an_archive(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 1970 and after 2242 are the nearest time that does."""
    for given, read in (("1764000000 +0200", 1_764_000_000), ("@0 +0000", 0), ("@99999999999 +0000", 0o77777777777)):
        monkeypatch.setenv("GIT_COMMITTER_DATE", given)
        commit = shop.commit({"file": given})
        assert (await commits(shop).committed_at(SHOP, commit)).timestamp() == read


async def test_removing_keeps_logs_and_may_be_done_twice(shop: Workshop) -> None:
    """Everything else of the run is gone."""
    commit = shop.commit({"file": "text"})
    spaces = workspaces(shop)
    await spaces.shared(RUN, SHOP, commit)
    await spaces.own(RUN, UNIT, SHOP, commit)
    (shop.data / "runs/1/unit/log").write_text("printed")
    for _ in range(2):
        await spaces.remove(RUN)
        left = [str(path.relative_to(shop.data / "runs")) for path in (shop.data / "runs").rglob("*")]
        assert sorted(left) == ["1", "1/unit", "1/unit/log"]
