"""Which tags of a repository are releases, and of what: by a pattern that somebody gave, else by how they are named."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise

from andon.tools.measurement.model.releases.repository import Tag

#: a name: what stands before the number, the number, what follows it
_NAME = re.compile(
    r"(?P<head>(?:.*?[^0-9A-Za-z.]|(?:release|rel|deploy|version|ver)[-_.]?)?)[vr]?\.?(?P<number>\d+(?:[._-]\d+)*)(?P<tail>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PRELIMINARY = re.compile(
    r"[-_.+~]?(?:(?:rc|cr|alpha|beta|dev|pre|prerelease|preview|snapshot|nightly|canary|next|milestone|test|testing|wip|draft|ea|experimental)"
    r"(?![a-z])|(?:a|b|c|m)\.?\d)",
    re.IGNORECASE,
)
_HASH = re.compile(r"(?=.*[a-f])[0-9a-f]{7,64}")
#: words before a number that say nothing about what is released
_PLAIN = frozenset({"", "v", "r", "release", "releases", "released", "rel", "version", "ver", "tag", "stable"})
#: words that say that something was put before its users, rather than only named
_DEPLOYED = frozenset({"deploy", "deployed", "deployment", "prod", "production", "live"})
#: words of tags that are no releases
_NO_RELEASE = frozenset(
    {"archive", "backup", "before", "branch", "build", "ci", "debian", "debug", "demo", "dev", "draft", "experimental"}
    | {"issue", "merge", "nightly", "old", "pr", "save", "snapshot", "staging", "sync", "temp", "test", "ticket", "tmp"}
    | {"upstream", "wip"}
)
#: a prefix that fewer tags have is no service of its own
_FEWEST = 3

PRELIMINARY = "a preliminary version"
NO_NUMBER = "no version or release number in its name"
NOT_MEANT = "does not match what was asked for"
BESIDE = "names a version, and other tags here name deployments"
RARE = f"fewer than {_FEWEST} tags begin like it"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Tags that are not taken as releases, for one reason."""

    reason: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTags:
    """The tags that are taken, and those that are not."""

    #: by what is released: "" is the repository itself, "api" a part of it that has tags of its own
    families: dict[str, tuple[Tag, ...]]
    left_out: tuple[LeftOut, ...]


def order(tag: Tag) -> tuple[object, ...]:
    """What tags are sorted by: when they were set, then the numbers in their names."""
    return tag.at, *natural(tag.name)


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """So that release_9 comes before release_10; the longer number is the larger, for no number is read out of it."""
    parts = re.split(r"([0-9]+)", name)
    digits = {at: part.lstrip("0") for at, part in enumerate(parts) if at % 2}
    return tuple((len(digits[at]), digits[at]) if at in digits else (-1, part) for at, part in enumerate(parts))


def matching(tags: Sequence[Tag], patterns: Sequence[str]) -> ChosenTags:
    """Those that match one of the patterns."""
    taken = [tag for tag in tags if any(fnmatchcase(tag.name, pattern) for pattern in patterns)]
    names = {tag.name for tag in taken}
    left = tuple(tag.name for tag in tags if tag.name not in names)
    return ChosenTags(
        families={"": tuple(sorted(taken, key=order))} if taken else {},
        left_out=(LeftOut(reason=NOT_MEANT, names=left),) if left else (),
    )


def by_name(tags: Sequence[Tag], repository: str) -> ChosenTags:
    """Those that are named like versions, releases or deployments; several parts of a repository are kept apart."""
    left: dict[str, list[str]] = defaultdict(list)
    families: dict[str, list[Tag]] = defaultdict(list)
    own_words = _words(repository)
    deployed = {tag.name for tag in tags if _is_deployed(tag.name)}
    for tag in tags:
        reason = _reason(tag.name) or (BESIDE if deployed and tag.name not in deployed else "")
        if reason:
            left[reason].append(tag.name)
        else:
            families[_family(tag.name, own_words)].append(tag)
    most = max(map(len, families.values()), default=0)
    for family in [name for name, of in families.items() if name and len(of) < min(_FEWEST, most)]:
        left[RARE] += [tag.name for tag in families.pop(family)]
    return ChosenTags(
        families={name: tuple(sorted(of, key=order)) for name, of in _joined(families).items()},
        left_out=tuple(LeftOut(reason=reason, names=tuple(names)) for reason, names in left.items()),
    )


def shapes(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """How names look with their numbers taken out, the most frequent first: ("release_*", 1959)."""
    return tuple(Counter(re.sub(r"\d.*", "*", name, flags=re.DOTALL) for name in names).most_common())


def _reason(name: str) -> str:
    """Why a tag is no release; "" when it is one."""
    found = _NAME.fullmatch(name)
    if not found or _HASH.fullmatch(name) or _NO_RELEASE & set(_words(found["head"])):
        return NO_NUMBER
    return PRELIMINARY if _PRELIMINARY.match(found["tail"]) else ""


def _is_deployed(name: str) -> bool:
    found = _NAME.fullmatch(name)
    return bool(found and not _reason(name) and _DEPLOYED & set(_words(found["head"])))


def _family(name: str, own_words: Sequence[str]) -> str:
    found = _NAME.fullmatch(name)
    words = _words(found["head"]) if found else ()
    if tuple(words[: len(own_words)]) == tuple(own_words):
        words = words[len(own_words) :]
    return "-".join(word for word in words if word not in _PLAIN | _DEPLOYED)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[^0-9a-z]+", text.lower()) if word)


def _joined(families: dict[str, list[Tag]]) -> dict[str, list[Tag]]:
    """Families that follow each other in time are one thing that changed its name; those side by side are several."""
    spans = sorted((min(tag.at for tag in of), max(tag.at for tag in of)) for of in families.values())
    if any(before[1] >= after[0] for before, after in pairwise(spans)):
        return families
    return {"": [tag for of in families.values() for tag in of]} if families else {}
