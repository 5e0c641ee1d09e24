"""Names that people give and that must be there: one that matches nothing is an error, never an empty answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from andon.kernel.errors import NotFound
from andon.standards.shapes import did_you_mean

MOST_NAMED = 12  #: of the names that there are


def known_name(word: str, known: Iterable[str], what: str, *, otherwise: str = "") -> None:
    """The name of something that is there; `otherwise` says what to do when none is like it. Errors: NotFound."""
    names = tuple(known)
    if word in names:
        return
    hint = did_you_mean(word, names) or otherwise or meant(word, names, what)
    raise NotFound(f'There is no {what} "{word[:80]}". {hint}')


def meant(word: str, known: Collection[str], what: str) -> str:
    """What to write instead of a name that nothing has: the one that is like it, or all that there are."""
    if near := did_you_mean(word, known):
        return near
    if not known:
        return f"There is no {what} yet."
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"Known here: {', '.join(list(known)[:MOST_NAMED])}{more}."


def known_filter(word: str, known: Iterable[str], what: str) -> None:
    """A name that narrows a list; "" narrows nothing. Errors: NotFound."""
    if word:
        known_name(word, known, what)
