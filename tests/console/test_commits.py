"""The commit that somebody means."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from andon.console.commits import resolve_commit


def test_names_mean_what_git_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HEAD and a branch are the commit; digits and what git does not know stay as they are."""
    monkeypatch.chdir(tmp_path)
    assert resolve_commit("HEAD") == "HEAD"
    for words in ("init -q -b main", "-c user.name=A -c user.email=a@b.c commit -q --allow-empty -m First"):
        subprocess.run(["git", *words.split()], check=True, timeout=30)
    head = resolve_commit("HEAD")
    assert len(head) == 40
    assert resolve_commit("main") == head
    assert [resolve_commit(name) for name in ("a81f3c0", "nope", "--all")] == ["a81f3c0", "nope", "--all"]
