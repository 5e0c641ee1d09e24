"""The search over everything that has a page: every tool says what it has, the best fit comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from andon.kernel.ids import short
from andon.kernel.refusal import KnownRule
from andon.line.changes import Changes
from andon.standards.shapes import nearest
from andon.web.finding import Findable, Finder
from andon.web.navigation import Navigation
from andon.web.who import Who

MOST_OF_A_KIND = 10  #: answers of one kind that fit only in part
MOST_FOUND = 40  #: answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that matches."""

    words: str
    address: str
    #: "service", "run of shop", "change in shop, by Ada"
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """What matches, the best first; services before other things that fit as well."""

    words: str
    found: tuple[Found, ...]
    #: the name that may be meant when nothing matches
    meant: Found | None = None


class Search:
    """Asks every tool that runs here."""

    def __init__(self, finders: Sequence[Finder], navigation: Navigation) -> None:
        self._finders = finders
        self._navigation = navigation

    def find(self, words: str, who: Who) -> SearchAnswer:
        """What matches, of that which this person may see."""
        typed = " ".join(words.lower().split())
        known = tuple(self._known(typed, who)) if typed else ()
        ranked = [(rank, one) for one in known if (rank := one.rank(typed)) is not None]
        ranked.sort(key=lambda pair: (pair[0], pair[1].kind != "service"))
        found = tuple(_found(one) for one in _not_too_many(ranked))
        return SearchAnswer(words=words.strip(), found=found, meant=None if found else _meant(typed, known))

    def _known(self, typed: str, who: Who) -> Iterator[Findable]:
        for finder in self._finders:
            yield from finder(typed, who)
        for page in self._navigation.pages:
            if who.may(page.needs):
                yield Findable(words=page.word, address=page.address, kind=f"page, under {page.place}")


def find(typed: str, who: Who, /, changes: Changes, known_rules: tuple[KnownRule, ...]) -> Iterator[Findable]:
    """Changes by commit, subject and author; rules by name."""
    for repository in changes.repositories():
        for change in changes.of(repository):
            yield Findable(
                words=f"{short(change.commit)} {change.subject}",
                address=f"/changes/{repository}/{change.commit}",
                kind=f"change in {repository}, by {change.author}",
                ids=(change.commit,),
                about=change.author,
            )
    for rule in known_rules:
        yield Findable(words=rule.id, address=f"/rules#{rule.id}", kind=f"rule of {rule.of}")


def _found(one: Findable) -> Found:
    return Found(words=one.words, address=one.address, kind=one.kind)


def _not_too_many(ranked: Sequence[tuple[int, Findable]]) -> list[Findable]:
    """Every whole name, and some of each kind that fit in part."""
    of_kind: Counter[str] = Counter()
    kept = []
    for rank, one in ranked:
        kind = one.kind.partition(" ")[0]
        of_kind[kind] += rank > 0
        if of_kind[kind] <= MOST_OF_A_KIND:
            kept.append(one)
    return kept[:MOST_FOUND]


def _meant(typed: str, known: Sequence[Findable]) -> Found | None:
    """The name that is like it; what has an id, and so a version or a subject, is not called by its words."""
    names = {one.words.lower(): one for one in known if not one.ids}
    near = nearest(typed, names)
    return _found(names[near]) if near else None
