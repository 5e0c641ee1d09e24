"""Where a person can go from any page: four places, each with its pages, and which of them this one belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the navigation leads to."""

    #: the word of one of the four
    place: str
    #: "/runs"
    address: str
    word: str
    #: the letter after g that leads here; "" for none
    key: str = ""
    #: the permission of those who are shown it
    needs: str = "read"
    #: how other addresses begin whose pages belong to this one: "/changes"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationSection:
    """One of the four, as somebody sees it."""

    word: str
    #: those that this person may open; never empty
    pages: tuple[Page, ...]
    #: the page that is open, or that what is open belongs to; None when that is in another place
    here: Page | None


class Navigation:
    """All pages in the order of the tools."""

    def __init__(self, places: Sequence[str] = (), pages: Sequence[Page] = ()) -> None:
        self._places = tuple(places)
        self.pages = tuple(pages)

    def places(self, may: Callable[[str], bool], path: str) -> tuple[NavigationSection, ...]:
        """What this person may open, seen from the page at this path."""
        here = self.page_of(path)
        found = ((word, tuple(p for p in self.pages if p.place == word and may(p.needs))) for word in self._places)
        return tuple(
            NavigationSection(word=word, pages=pages, here=here if here in pages else None)
            for word, pages in found
            if pages
        )

    def page_of(self, path: str) -> Page | None:
        """The page to which an address belongs: the one whose own address is its longest beginning."""
        fitting = ((begin, page) for page in self.pages for begin in (page.address, *page.also) if _is_in(path, begin))
        return max(fitting, key=lambda found: len(found[0]), default=("", None))[1]


def _is_in(path: str, begin: str) -> bool:
    return path == begin or (begin != "/" and path.startswith(f"{begin}/"))
