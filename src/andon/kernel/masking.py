"""Masks secret values in bytes and texts: one pass over a stream, whatever pieces it comes in.

A needle is one form of a secret value (see secret_forms). The needles become one expression, a tree of their common
beginnings, so that the time for a byte does not grow with their number. At each place the longest needle counts; what
might still become a needle is held back until more comes, which is never more than LONGEST_NEEDLE bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

MASK = b"***"
#: bytes; longer forms are cut into several needles, so that memory and time for a byte have a bound
LONGEST_NEEDLE = 96
#: so many are looked for one after the other, as bytes; more of them as one expression
FEW_NEEDLES = 256


@dataclass(frozen=True, slots=True, eq=False)
class Needles:
    """Byte strings to be masked, ready for searching."""

    #: sorted, each once, none empty and none longer than LONGEST_NEEDLE
    needles: tuple[bytes, ...] = ()
    _pattern: re.Pattern[bytes] | None = field(default=None, repr=False)
    _firsts: frozenset[int] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, forms: Iterable[bytes]) -> Needles:
        """The needles for these forms."""
        needles = tuple(sorted({needle for form in forms for needle in _cut(form) if needle}))
        if not needles:
            return cls()
        return cls(needles, re.compile(_tree(needles, 0), re.DOTALL), frozenset(needle[0] for needle in needles))

    def __bool__(self) -> bool:
        return self._pattern is not None

    def found_in(self, data: bytes) -> bool:
        """Does the data hold a needle? One search for each of a few is ten times faster than one for all."""
        if self._pattern is None:
            return False
        if len(self.needles) <= FEW_NEEDLES:
            return any(needle in data for needle in self.needles)
        return self._pattern.search(data) is not None

    def mask(self, data: bytes) -> bytes:
        """The whole data with every needle masked."""
        if not self.found_in(data):
            return data
        masking = MaskedStream(self)
        return masking.feed(data) + masking.end()

    def mask_text(self, text: str) -> str:
        """The text with every needle masked."""
        if self._pattern is None:
            return text
        data = text.encode(errors="surrogatepass")
        masked = self.mask(data)
        return text if masked is data else masked.decode(errors="replace")

    def matches(self, data: bytes) -> Iterable[re.Match[bytes]]:
        """Every needle in the data: the leftmost, of those the longest, and none over another."""
        return self._pattern.finditer(data) if self._pattern is not None and self.found_in(data) else ()

    def open_from(self, data: bytes) -> int:
        """Where the longest beginning of a needle at the data's end begins; its length when there is none."""
        for at in range(max(0, len(data) - LONGEST_NEEDLE + 1), len(data)):
            if data[at] in self._firsts and self._begins_with(data[at:]):
                return at
        return len(data)

    def _begins_with(self, beginning: bytes) -> bool:
        """Is there a needle that is longer and begins so?"""
        at = bisect_left(self.needles, beginning)
        if at < len(self.needles) and self.needles[at] == beginning:
            at += 1
        return at < len(self.needles) and self.needles[at].startswith(beginning)


class MaskedStream:
    """Masks one stream of bytes; however it is cut into pieces, the same comes out."""

    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        self._held = b""
        self._after_mask = False

    def feed(self, data: bytes) -> bytes:
        """What can be said so far; the rest comes with the next piece or the end."""
        if not self._needles:
            return data
        data = self._held + data
        open_from = self._needles.open_from(data)
        return self._masked(data, open_from)

    def end(self) -> bytes:
        """What was held back."""
        return self._masked(self._held, len(self._held))

    def leave(self) -> bytes:
        """What stands for what was held back when somebody else goes on: two halves of a value would make it whole."""
        return MASK if self._held else b""

    def _masked(self, data: bytes, until: int) -> bytes:
        """The data up to there; a needle that begins before it is masked whole. Needles side by side give one mask."""
        parts: list[bytes] = []
        at = 0
        for found in self._needles.matches(data):
            if found.start() >= until:
                break
            parts.append(data[at : found.start()])
            if found.start() > at or not self._after_mask:
                parts.append(MASK)
            at, self._after_mask = found.end(), True
        if at < until:
            parts.append(data[at:until])
            self._after_mask = False
        self._held = data[max(at, until) :]
        return b"".join(parts)


def _cut(form: bytes) -> Iterable[bytes]:
    """The form, or pieces of it of nearly the same length."""
    count = -(-len(form) // LONGEST_NEEDLE) or 1
    ends = [len(form) * number // count for number in range(count + 1)]
    return (form[start:end] for start, end in pairwise(ends))


def _tree(needles: Sequence[bytes], depth: int) -> bytes:
    """One expression for sorted needles that are the same up to a depth; what is longer is tried first."""
    shared = _shared(needles[0], needles[-1], depth)
    head = re.escape(needles[0][depth:shared])
    if len(needles) == 1:
        return head
    ends_here = len(needles[0]) == shared
    branches = b"|".join(_tree(group, shared) for group in _groups(needles[ends_here:], shared))
    return head + b"(?>" + branches + b")" + (b"?" if ends_here else b"")


def _shared(first: bytes, last: bytes, depth: int) -> int:
    """Up to where sorted needles are the same: as far as the first and the last are."""
    most = min(len(first), len(last))
    while depth < most and first[depth] == last[depth]:
        depth += 1
    return depth


def _groups(needles: Sequence[bytes], depth: int) -> Iterable[Sequence[bytes]]:
    """Neighbours with the same byte at a depth."""
    start = 0
    for at in range(1, len(needles) + 1):
        if at == len(needles) or needles[at][depth] != needles[start][depth]:
            yield needles[start:at]
            start = at
