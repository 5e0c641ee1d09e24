"""What the search can find: each tool says it in a function that its manifest names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from andon.web.who import Who

SHORTEST_ID = 4  #: characters of an id that say which one is meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Findable:
    """Something that has a page, or a place on one."""

    #: what it is called there: "shop 2.14"
    words: str
    address: str
    #: "service", "change in shop, by Ada"
    kind: str
    #: what else it is known by, whole or by its beginning: a commit, a digest, a run's number
    ids: tuple[str, ...] = ()
    #: what else is written about it: an author
    about: str = ""

    def rank(self, typed: str) -> int | None:
        """How well it fits what was typed in lower case, 0 the best; None when it does not."""
        words = self.words.lower()
        if typed in {words, *self.ids}:
            return 0
        is_begun = len(typed) >= SHORTEST_ID and any(one.startswith(typed) for one in self.ids)
        if is_begun or words.startswith(typed):
            return 1
        return 2 if typed in words or typed in self.about.lower() else None


#: what was typed, in lower case, and who asks; yields only what they may see, and may yield what does not fit
Finder = Callable[[str, Who], Iterable[Findable]]
