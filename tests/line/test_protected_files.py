"""Patterns of [protected] that name no file are told until they do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from andon.kernel.ids import CommitId, RepositoryName
from andon.line import protected_files
from andon.line.protected_files import ProtectedFiles
from andon.testing.waiting import until
from andon.tools.delivery.events import LineDefined, ProtectedPaths
from andon.tools.source.events import ChangeLanded

from .histories import REPOSITORY, envelope, landed_commit, line

pytestmark = pytest.mark.anyio

HEAD = CommitId("b" * 40)


class Tree:
    """Repositories with these files."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths

    async def changed(self, repository: RepositoryName, before: CommitId | None, after: CommitId, **_: Any) -> Any:
        assert (repository, before, after) == (REPOSITORY, None, HEAD)
        return self.paths


def protecting(*globs: str) -> ProtectedFiles:
    """What is known once these are protected and something has landed."""
    files = ProtectedFiles()
    protected = (ProtectedPaths(repository=REPOSITORY, paths=globs),)
    files.apply(
        envelope(LineDefined(commit=HEAD, environments=line().environments, placements=(), protected=protected))
    )
    files.apply(envelope(landed()))
    return files


def landed() -> ChangeLanded:
    return ChangeLanded(repository=REPOSITORY, before=None, commit=HEAD, commits=(landed_commit(HEAD),))


async def told(files: ProtectedFiles, *paths: str) -> tuple[str, ...]:
    return await files.unmatched(cast(Any, Tree(*paths)))


async def test_a_pattern_without_a_file_is_told_with_what_was_meant() -> None:
    """It would protect nothing unseen."""
    (sentence,) = await told(protecting("deploi/**", "src/**"), "deploy/a.yaml", "src/a")
    assert sentence == (
        'line.toml protects "deploi/**" of shop, which matches no file of it. Did you mean "deploy/**"?'
    )
    (sentence,) = await told(protecting("later/**"), "src/a")
    assert sentence.endswith("It protects what comes later.")


async def test_what_takes_long_to_compare_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a warning."""
    monkeypatch.setattr(protected_files, "MOST_COMPARED", 1)
    assert await told(protecting("later/**"), "a", "b") == ()


async def test_a_repository_that_cannot_be_read_does_not_hide_the_others() -> None:
    """Whatever is wrong with it."""

    class Broken(Tree):
        async def changed(self, repository: RepositoryName, *commits: Any, **more: Any) -> Any:
            if repository == REPOSITORY:
                raise RuntimeError("broken")
            return self.paths

    files, other = protecting("a"), RepositoryName("other")
    protected = tuple(ProtectedPaths(repository=one, paths=("b",)) for one in (REPOSITORY, other))
    files.apply(
        envelope(LineDefined(commit=HEAD, environments=line().environments, placements=(), protected=protected))
    )
    files.apply(envelope(replace(landed(), repository=other)))
    (sentence,) = await files.unmatched(cast(Any, Broken("src/a")))
    assert "of other, which matches no file" in sentence


async def test_it_is_told_until_a_change_brings_the_file() -> None:
    """Each change of the repository is compared."""
    files, tree, now = protecting("deploy/**"), Tree("src/a"), list[tuple[str, ...]]()
    files.begin(cast(Any, tree), now.append)
    try:
        await until(lambda: len(now) == 1, what="the first comparison")
        tree.paths = ("deploy/a",)
        files.apply(envelope(landed()))
        await until(lambda: len(now) == 2, what="the next comparison")
        assert ([len(one) for one in now], now[1]) == ([1, 0], ())
    finally:
        await files.stop()
