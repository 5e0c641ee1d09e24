"""Which number a version gets: trunk's order decides, whatever was built first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from andon.kernel.ids import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Where trunk's order puts a commit."""

    #: which change on the trunk brought it, counted from 1; 0 when nobody knows
    number: int = 0
    #: of the changes just before it, how many may still become a version: their numbers are kept free
    reserved: int = 0
    #: it came with a push whose newest commit is another one, which has the change's number
    is_inside: bool = False


UNKNOWN = Landing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A version that there is, and the landing of its commit."""

    version: Version
    landing: int


def next_version(prefix: str, landing: Landing, versions: Iterable[Numbered]) -> Version:
    """The version of a commit: above those of all older commits and below those of all newer ones.

    A change that landed n changes after another has a number that is n higher. A commit for which no number is free
    gets one more part: "1.4.1" is newer than 1.4 and older than 1.5.
    """
    known = {one.version: one.landing for one in versions}
    numbers = {number: at for version, at in known.items() if (number := _number(version, prefix))}
    number = _wanted(landing, numbers)
    version = Version(f"{prefix}.{number}")
    if number > 0 and version not in known and not landing.is_inside:
        return version
    below = max((number for number, at in numbers.items() if at < landing.number), default=0)
    last = 1
    while (version := Version(f"{prefix}.{below}.{last}")) in known:
        last += 1
    return version


def _wanted(landing: Landing, numbers: dict[int, int]) -> int:
    """The number that its landing gives it; 0 for a commit of unknown order beside such as have one."""
    placed = next(((number, at) for number, at in numbers.items() if at), None)
    if placed is None:
        return max(numbers, default=0) + 1 + landing.reserved
    number, at = placed
    return number + landing.number - at if landing.number else 0


def _number(version: Version, prefix: str) -> int | None:
    before, _, last = version.rpartition(".")
    return int(last) if before == prefix and last.isascii() and last.isdecimal() else None
