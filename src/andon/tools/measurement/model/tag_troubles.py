"""What is unusual about the tags and commits of a repository, so far as it touches the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.release_lines import OLDER, SAME, Placed
from andon.tools.measurement.model.repository import RepositoryRead, Tag
from andon.tools.measurement.model.trouble import Trouble

_EXAMPLES = 3


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
            says=f"{_count(len(future), 'commit says', 'commits say')} that they are from the future: somebody's clock"
            " is wrong.",
            examples=tuple(graph.ids[number][:7] for number in future[:_EXAMPLES]),
        )
    if read.dangling:
        yield Trouble(
            id="tags-of-no-commit",
            count=len(read.dangling),
            says=f"{_count(len(read.dangling), 'tag leads', 'tags lead')} to no commit and cannot be measured.",
            examples=read.dangling[:_EXAMPLES],
        )


def of_releases(read: RepositoryRead, releases: Sequence[Tag], found: Sequence[Placed]) -> Iterator[Trouble]:
    """What is so of the tags that are taken as releases."""

    def those(holds: Callable[[Placed], bool]) -> list[str]:
        return [tag.name for tag, one in zip(releases, found, strict=True) if holds(one)]

    yield from _told(
        "tags-without-a-time",
        [tag.name for tag in releases if not tag.annotated],
        "{} of {} releases are lightweight tags: git does not know when they were set. The time of their commit stands"
        " for it, so lead times end when the commit was made and are too short.",
        "Tag with: git tag -a NAME",
        of=len(releases),
    )
    yield from _told(
        "tags-on-one-commit",
        those(lambda one: one.kind == SAME),
        "{} of {} releases are of the very commit of an earlier one. They count as deployed again: nothing changed.",
        of=len(releases),
    )
    yield from _told(
        "tags-out-of-order",
        those(lambda one: one.kind == OLDER),
        "{} of {} releases are of a commit that an earlier release had brought already: tags out of order, or a step"
        " back. Their commits are counted once, with the release that was first.",
        of=len(releases),
    )
    yield from _beside(read, releases, found)
    younger = sum(one.younger for one in found)
    yield from _told(
        "clock-skew",
        those(lambda one: one.younger > 0),
        f"{_count(younger, 'commit is', 'commits are')} younger than the release that brought"
        f" {_noun(younger, 'it', 'them')}, in {{}} of {{}} releases: clocks that disagree, or a tag set with an older"
        " date. They have no lead time and are left out of it.",
        of=len(releases),
    )


def _beside(read: RepositoryRead, releases: Sequence[Tag], found: Sequence[Placed]) -> Iterator[Trouble]:
    """Releases whose commit the trunk does not have."""
    beside = [tag.name for tag, one in zip(releases, found, strict=True) if not one.on_trunk]
    if read.head is None or not beside:
        return
    yield from _told(
        "tags-not-on-trunk",
        beside,
        f"{{}} of {{}} releases are of commits that {read.trunk} does not have: release branches, or a history that was"
        " rewritten. Where it was rewritten, a commit can be there twice and is counted twice.",
        of=len(releases),
    )


def _told(id_: str, names: Sequence[str], says: str, remedy: str = "", *, of: int) -> Iterator[Trouble]:
    if names:
        text = says.format(f"{len(names):,}", f"{of:,}")
        yield Trouble(id=id_, count=len(names), says=text, remedy=remedy, examples=tuple(names[:_EXAMPLES]))


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {_noun(number, one, many)}"


def _noun(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
