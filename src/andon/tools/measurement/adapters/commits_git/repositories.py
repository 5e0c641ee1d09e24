"""Repositories by path or address: refs, one walk over the commits, and what is said while it lasts."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import CommitId, RepositoryName
from andon.machine.git.git import Git, running
from andon.machine.git.words import GitFailed
from andon.tools.measurement.adapters.commits_git.addresses import is_address, web_address, without_password
from andon.tools.measurement.adapters.commits_git.cloning import clone
from andon.tools.measurement.adapters.commits_git.cuts import cut_parents
from andon.tools.measurement.adapters.commits_git.refs import refs, tags, trunk
from andon.tools.measurement.adapters.commits_git.walk import FORMAT, commits
from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.releases.repository import RepositoryRead
from andon.tools.measurement.ports import Progress

#: how often it is said how far the walk is
_SAY_EVERY = 2000
#: from so many commits on it is worth knowing how many there are
_LONG = 20_000
#: for what only looks something up
_LOOK_UP_WITHIN = timedelta(seconds=60)


class GitCommitReader:
    """Commits from git: a folder is read where it is, an address is cloned for a moment, without its files."""

    def __init__(self, search_path: str) -> None:
        self._search_path = search_path

    def read(self, where: str, take: Callable[[Commit], object], told: Progress) -> RepositoryRead:
        """Hand on every commit that the trunk or a tag leads to."""
        if not is_address(where):
            return self._read(Path(where), where, take, told)
        with tempfile.TemporaryDirectory(prefix="andon-measure-") as folder:
            clone(where, folder, told)
            return self._read(Path(folder), where, take, told)

    def _read(self, folder: Path, where: str, take: Callable[[Commit], object], told: Progress) -> RepositoryRead:
        git = self._opened(folder, where)
        found = refs(git)
        of_commits, dangling = tags(git, found)
        main, head = trunk(git, found)
        web = web_address(where) if is_address(where) else self._web(git)
        name = _name(where if is_address(where) else str(folder.resolve()))
        ids = {tag.commit for tag in of_commits} | ({head} if head else set())
        cuts = cut_parents(git)
        if ids:
            given = "".join(f"{id_}\n" for id_ in sorted(ids)).encode()
            whole = (lambda commit: take(_whole(commit, cuts))) if cuts else take
            self._walk(git, given, name, whole, told)
        return RepositoryRead(
            name=name,
            where=without_password(where),
            trunk=main,
            head=head,
            shallow=bool(cuts),
            tags=of_commits,
            dangling=dangling,
            web=web,
        )

    def _walk(
        self, git: Git, given: bytes, name: RepositoryName, take: Callable[[Commit], object], told: Progress
    ) -> None:
        start = git.start("rev-list", "--stdin", "--encoding=UTF-8", FORMAT, given=given)
        with ExitStack() as cleanup:
            whole: Callable[[], int | None] = _nobody_knows
            for read, commit in enumerate(commits(git.chunks_now(start, "git rev-list"), name), 1):
                take(commit)
                if read == _LONG:
                    whole = cleanup.enter_context(_counted(git, given))
                if read % _SAY_EVERY == 0:
                    told("reading commits", read, whole())

    def _opened(self, folder: Path, where: str) -> Git:
        """Errors: Invalid when there is no repository."""
        if not folder.is_dir():
            raise Invalid(Problem(where=where, message="there is no such folder.", remedy="Name one, or an address."))
        git = Git(folder=folder, search_path=self._search_path, timeout=_LOOK_UP_WITHIN)
        try:
            git.output_now("rev-parse", "--git-dir")
        except GitFailed as error:
            message = "is no git repository." if "not a git repo" in error.said else f"cannot be read: {error.said}"
            remedy = "Name the folder of one, or the address of one to clone: andon measure https://HOST/PATH"
            raise Invalid(Problem(where=where, message=message, remedy=remedy)) from None
        return git

    def _web(self, git: Git) -> str:
        try:
            return web_address(git.output_now("config", "--get", "remote.origin.url").decode(errors="replace").strip())
        except GitFailed:
            return ""


def _whole(commit: Commit, cuts: Mapping[CommitId, tuple[CommitId, ...]]) -> Commit:
    """With the parents that it really has."""
    return replace(commit, parents=cuts[commit.id]) if commit.id in cuts else commit


@contextmanager
def _counted(git: Git, given: bytes) -> Iterator[Callable[[], int | None]]:
    """Counts commits beside a walk; asked for the number it gives None until it has it."""
    with running(git.start("rev-list", "--stdin", "--count", given=given)) as process:
        found: list[int] = []

        def now() -> int | None:
            if not found and process.has_ended():
                found.append(int(process.read_within(0) or 0))
            return found[0] if found else None

        yield now


def _nobody_knows() -> None:
    return None


def _name(where: str) -> RepositoryName:
    """The last part of a path or address, as names are written here."""
    last = re.split(r"[/:\\]", where.rstrip("/"))[-1].removesuffix(".git")
    name = re.sub(r"[^a-z0-9._-]+|\.\.+", "-", last.lower())[:64].strip("._-")
    return RepositoryName(name or "repository")
