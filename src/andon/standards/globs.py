"""Globs as people write them for paths: * and ? inside a name, ** for any folders. Their time is bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat


def matches_any(path: str, globs: Iterable[str]) -> bool:
    """Is the path, or a folder above it, named by one of the globs?"""
    return any(matches(path, glob) for glob in globs)


def matches(path: str, glob: str) -> bool:
    """Is the path, or a folder above it, named by the glob? A folder's name stands for all that is below it."""
    parts = tuple(part for part in glob.split("/") if part not in {"", "."})
    if parts[-1:] != ("**",):
        parts = (*parts, "**")
    return _fits(path.split("/"), parts)


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Walk both once for each name: the places in the glob that the names so far may have led to."""
    here = _past_folders({0}, parts)
    for name in names:
        stay = {place for place in here if place < len(parts) and parts[place] == "**"}
        on = {place + 1 for place in here - stay if place < len(parts) and _name_fits(name, parts[place])}
        here = _past_folders(stay | on, parts)
    return len(parts) in here


def _past_folders(places: set[int], parts: Sequence[str]) -> set[int]:
    """With every place that no folder at all leads to."""
    reached = set(places)
    for place in sorted(places):
        here = place
        while here < len(parts) and parts[here] == "**":
            here += 1
            reached.add(here)
    return reached


def _name_fits(name: str, part: str) -> bool:
    """The usual walk with one way back, to the last star: at most name times part steps."""
    at, place, star, back = 0, 0, -1, 0
    for _ in repeat(None, (len(name) + 1) * (len(part) + 1) + 1):
        if at == len(name):
            return not part[place:].strip("*")
        if place < len(part) and part[place] == "*":
            star, back, place = place, at, place + 1
        elif place < len(part) and part[place] in {"?", name[at]}:
            at, place = at + 1, place + 1
        elif star >= 0:
            back += 1
            at, place = back, star + 1
        else:
            return False
    return False
