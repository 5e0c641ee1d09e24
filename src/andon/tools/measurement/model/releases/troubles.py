"""What is unusual about the tags and commits of a repository, so far as it touches the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.dates import UNDATED, is_believable
from andon.tools.measurement.model.releases.lines import OLDER, SAME, Placed
from andon.tools.measurement.model.releases.repository import RepositoryRead, Tag
from andon.tools.measurement.model.trouble import Trouble

_EXAMPLES = 3
BESIDE = "tags-not-on-trunk"
#: name, which releases, in words, what to do
_OF_RELEASES: tuple[tuple[str, Callable[[Tag, Placed], bool], str, str], ...] = (
    (
        "tags-without-a-time",
        lambda tag, _: not tag.annotated,
        (
            "{n} of {of} {be} only a name (a lightweight tag): git does not know when it was given. The time of the"
            " commit stands for it, so lead times end when the commit was made and are too short."
        ),
        "Tag with: git tag -a NAME",
    ),
    (
        "tags-on-one-commit",
        lambda _, one: one.kind == SAME,
        "{n} of {of} {be} of the very commit of the one before. That is the same again: nothing changed.",
        "",
    ),
    (
        "tags-out-of-order",
        lambda _, one: one.kind == OLDER,
        (
            "{n} of {of} {be} of a commit that an earlier release had brought already: tags out of order, or a step"
            " back. A commit is counted once, with the release that was first."
        ),
        "",
    ),
    (
        BESIDE,
        lambda _, one: not one.on_trunk,
        (
            "{n} of {of} {be} of a commit that the trunk does not have: a release branch, or a history that was"
            " rewritten. Where it was rewritten, a commit can be there twice and is counted twice."
        ),
        "",
    ),
    (
        "clock-skew",
        lambda _, one: one.younger > 0,
        (
            "{commits} younger than the release that brought it, in {n} of {of}: clocks that disagree, or a tag set"
            " with an older date. Such a commit has no lead time and is left out of it."
        ),
        "",
    ),
)


def of_repository(read: RepositoryRead, graph: CommitGraph, now_s: float) -> Iterator[Trouble]:
    """What is so whichever tags are taken."""
    cut = sum(1 for number in range(len(graph)) if not graph.is_told(number))
    if read.shallow or cut:
        yield Trouble(
            id="shallow-clone",
            count=cut,
            says=f"The history is cut off: {cut:,} {_noun(cut, 'commit is', 'commits are')} named as a parent and"
            " not here. What lies behind is not counted, and older releases are not seen.",
            remedy="git fetch --unshallow --tags   (in GitHub Actions: fetch-depth: 0)",
        )
    future = [n for n in range(len(graph)) if graph.committed[n] > now_s + 86400]
    if future:
        yield Trouble(
            id="future-commits",
            count=len(future),
            says=f"{_count(len(future), 'commit says that it is', 'commits say that they are')} from the future: a "
            "clock is wrong.",
            examples=tuple(graph.ids[number][:7] for number in future[:_EXAMPLES]),
        )
    undated = [n for n in range(len(graph)) if graph.is_told(n) and not _is_dated(graph, n)]
    if undated:
        yield Trouble(
            id="commits-without-a-date",
            count=len(undated),
            says=f"{_count(len(undated), 'commit has', 'commits have')} {UNDATED}: 1970 or earlier, or none that can be"
            " read. Such a commit has no lead time and is left out of it.",
            examples=tuple(graph.ids[number][:7] for number in undated[:_EXAMPLES]),
        )
    if read.dangling:
        yield Trouble(
            id="tags-of-no-commit",
            count=len(read.dangling),
            says=f"{_count(len(read.dangling), 'tag leads', 'tags lead')} to no commit and cannot be measured.",
            examples=read.dangling[:_EXAMPLES],
        )


def of_releases(read: RepositoryRead, releases: Sequence[tuple[Tag, Placed]]) -> Iterator[Trouble]:
    """What is so of the tags that are taken as releases."""
    for id_, holds, says, remedy in _OF_RELEASES:
        names = [tag.name for tag, one in releases if holds(tag, one)]
        if names and (id_ != BESIDE or read.head is not None):
            yield Trouble(
                id=id_,
                count=len(names),
                says=says.format(
                    n=f"{len(names):,}",
                    of=_count(len(releases), "release", "releases"),
                    be=_noun(len(names), "is", "are"),
                    commits=_count(sum(one.younger for _, one in releases), "commit is", "commits are"),
                ),
                remedy=remedy,
                examples=tuple(names[:_EXAMPLES]),
            )


def of_undated(names: Sequence[str]) -> Iterator[Trouble]:
    """Troubles with tags that have no time."""
    if names:
        yield Trouble(
            id="tags-without-a-date",
            count=len(names),
            says=f"{_count(len(names), 'tag has', 'tags have')} {UNDATED}: 1970 or earlier, still to come, or none that"
            " can be read. The release date is unknown, so it is left out.",
            remedy="Tag the same commit anew: git tag -a NAME COMMIT",
            examples=tuple(names[:_EXAMPLES]),
        )


def _is_dated(graph: CommitGraph, number: int) -> bool:
    return is_believable(graph.committed[number]) and is_believable(graph.authored[number])


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {_noun(number, one, many)}"


def _noun(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
