"""A system's parts as a person types them: 5 x 99.9%, any(99%, 99%), 2 of (a=99%, b=99%, c=95%), 100h/2h.

    system  = member {"," member}            every one is needed
    member  = [NUMBER "x"] [NAME "="] one    so many of it, all needed
    one     = NUMBER "%"                     works so much of the time
            | DURATION "/" DURATION          works so long between failures, takes so long to repair
            | "all" "(" system ")" | "any" "(" system ")" | NUMBER "of" "(" system ")"

Inside any(…) and of(…), so many of something are so many members.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from andon.kernel.errors import Invalid, Problem
from andon.standards.durations import parse_duration
from andon.tools.measurement.model.availability.systems import System, SystemComponent, from_repairs

_WORD = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?%|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+|\d+(?:\.\d+)?|[A-Za-z_][\w.-]*|[(),=/×])|(\S))"
)
_DEEPEST = 20  #: systems inside systems
_MOST_PARTS = 1000
_LONGEST_TEXT = 10_000  #: characters
_EXAMPLE = "5 x 99.9%, any(99%, 99%), 2 of (99%, 99%, 99%), 100h/2h"
#: between two failures; a century is as good as for ever
LONGEST = timedelta(days=36_525)


def read_system(text: str) -> System:
    """The system that the text means. Errors: Invalid, with the place."""
    if len(text) > _LONGEST_TEXT:
        raise Invalid(f"A system is said in at most {_LONGEST_TEXT:,} characters.")
    reader = _Reader(text)
    parts = reader.members(0)
    if reader.word:
        raise reader.wrong('expected "," or the end')
    return System(needed=len(parts), parts=parts)


def read_share(text: str) -> float:
    """A share as people write it, with or without its sign: "99.9", "99.9%". Errors: Invalid."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%?\s*", text)
    if not found or float(found[1]) > 100 or len(text) > 40:
        raise Invalid(f'"{text[:40]}" is no share: expected a number of percent from 0 to 100, such as 99.9%.')
    return float(found[1]) / 100


class _Reader:
    """Reads word by word; `word` is the one that is looked at, "" at the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.word = ""
        self._place = 0
        self._begin = 0
        self._parts = 0
        self.next()

    def next(self) -> str:
        """Goes on by one word; the one that was looked at."""
        was = self.word
        found = _WORD.match(self.text, self._place)
        if found is None:
            self._begin, self.word = len(self.text), ""
            return was
        self._begin = found.start(1) if found[1] else found.start(2)
        self._place, self.word = found.end(), found[1] or found[2]
        return was

    def wrong(self, expected: str) -> Invalid:
        saw = f'"{self.word}"' if self.word else "the end"
        excerpt = f"  | {self.text}\n  | {' ' * self._begin}^"
        where = f"character {self._begin + 1}"
        return Invalid(
            Problem(where=where, message=f"{expected}, not {saw}.", excerpt=excerpt, remedy=f"An example: {_EXAMPLE}")
        )

    def members(self, depth: int) -> tuple[SystemComponent | System, ...]:
        """What stands between commas, each as often as it is said."""
        if depth > _DEEPEST:
            raise self.wrong(f"expected at most {_DEEPEST} systems inside each other")
        found = [*self._member(depth)]
        while self.word == ",":
            self.next()
            found += self._member(depth)
        return tuple(found)

    def _member(self, depth: int) -> Sequence[SystemComponent | System]:
        times, needed, before = 1, 0, self._parts
        if self.word.isdecimal():
            number = int(self.next()[:6])
            if self.word in {"x", "×"}:
                self.next()
                times = number
            elif self.word == "of":
                needed = number
            else:
                raise self.wrong(f'expected "x" or "of" after {number} (a share has its sign: {number}%)')
        one = self._of("", needed, depth) if needed else self._named(depth)
        self._parts = before + times * max(1, self._parts - before)
        if not before < self._parts <= _MOST_PARTS:
            raise self.wrong(f"expected from 1 to {_MOST_PARTS:,} parts in all")
        return (one,) * times

    def _named(self, depth: int) -> SystemComponent | System:
        if self.word and self.word[0].isalpha() and self.word not in {"all", "any"}:
            name = self.next()
            if self.word != "=":
                raise self.wrong(f'expected "=" after the name {name}')
            self.next()
            return self._one(name, depth)
        return self._one("", depth)

    def _one(self, name: str, depth: int) -> SystemComponent | System:
        if self.word.isdecimal():
            needed = int(self.next()[:6])
            if self.word != "of":
                raise self.wrong('expected "of"')
            return self._of(name, needed, depth)
        if self.word in {"all", "any"}:
            word = self.next()
            parts = self._in_brackets(depth)
            return System(name=name, needed=len(parts) if word == "all" else 1, parts=parts)
        if self.word[:1].isdecimal() and self.word[-1] == "%":
            if float(self.word[:-1]) > 100:
                raise self.wrong("expected at most 100%")
            return SystemComponent(name=name, availability=read_share(self.next()))
        if self.word[:1].isdecimal() and self.word[-1].isalpha():
            return self._repaired(name)
        raise self.wrong("expected a share such as 99.9%, or all( any( 2 of ( 100h/2h")

    def _of(self, name: str, needed: int, depth: int) -> System:
        self.next()
        parts = self._in_brackets(depth)
        if not 1 <= needed <= len(parts):
            raise self.wrong(f"expected a number from 1 to {len(parts)} before of(…), which has so many members")
        return System(name=name, needed=needed, parts=parts)

    def _in_brackets(self, depth: int) -> tuple[SystemComponent | System, ...]:
        if self.word != "(":
            raise self.wrong('expected "("')
        self.next()
        parts = self.members(depth + 1)
        if self.word != ")":
            raise self.wrong('expected ")" or ","')
        self.next()
        return parts

    def _repaired(self, name: str) -> SystemComponent:
        between = self.next()
        if self.word != "/":
            raise self.wrong('expected "/" and the time to repair')
        self.next()
        if not (self.word[:1].isdecimal() and self.word[-1].isalpha()):
            raise self.wrong("expected the time to repair, such as 2h")
        repair = self.next()
        share = from_repairs(parse_duration(between, LONGEST), parse_duration(repair, LONGEST))
        return SystemComponent(name=name or f"{between}/{repair}", availability=share)
