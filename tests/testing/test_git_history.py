"""A planted history is the repository that was asked for."""

from __future__ import annotations

import subprocess
from pathlib import Path

from andon.testing.git_history import GitHistory


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_commits_tags_and_branches_are_as_told(tmp_path: Path) -> None:
    """Shape, both times, messages; annotated and light tags; the trunk ends with the last commit told."""
    history = GitHistory()
    history.commit("root", at=100, authored=50, message=b"First\n\nwith a body")
    history.commit("left", "root", at=200)
    history.commit("right", "root", at=300)
    history.commit("other root", at=400)
    history.commit("both", "left", "right", "other root", at=500)
    history.tag("light", "left")
    history.tag("heavy", "right", at=350)
    history.branch("side", "left")
    folder = history.write(tmp_path / "planted")
    assert git(folder, "log", "--format=%s %ct %at", "--reverse", "--topo-order", "main^1").splitlines() == [
        "First 100 50",
        "left 200 200",
    ]
    assert len(git(folder, "rev-list", "--parents", "-1", "main").split()) == 4
    assert git(folder, "for-each-ref", "--format=%(refname) %(objecttype) %(creatordate:unix)").splitlines() == [
        "refs/heads/main commit 500",
        "refs/heads/side commit 200",
        "refs/tags/heavy tag 350",
        "refs/tags/light commit 200",
    ]
    assert git(folder, "fsck", "--strict", "--no-dangling") == ""


def test_the_trunk_can_be_another_commit(tmp_path: Path) -> None:
    """Where a branch of its name is told."""
    history = GitHistory(trunk="stable")
    history.commit("a", at=100)
    history.commit("b", "a", at=200)
    history.branch("stable", "a")
    folder = history.write(tmp_path / "planted")
    assert git(folder, "log", "--format=%s", "HEAD") == "a"
