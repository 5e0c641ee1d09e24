"""What is wrong or unusual with the sources of a number: named, counted, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that a reader of the numbers must know."""

    #: "shallow-clone"
    id: str
    #: how many commits, tags or releases it is about
    count: int
    #: what it is and what it does to the numbers, in words
    says: str
    #: "" when nothing can or need be done
    remedy: str = ""
    #: a few names, to go and see
    examples: tuple[str, ...] = ()
