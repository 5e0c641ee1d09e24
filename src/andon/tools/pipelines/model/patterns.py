"""Patterns for files, as gitignore has them, matched in a time that no pattern can make long.

A file is meant when the last pattern that matches it, or a folder above it, has no "!" in front. Each "*" is tried in
one way only: where what follows it comes first. That finds every match, and keeps the time in proportion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from andon.kernel.errors import Invalid, Problem

_BRACES = re.compile(r"(?<!\\)\{([^{},/]*),([^{}/]*)\}")
_BELOW_IT = "/.*"
_LONGEST = 500  #: characters of a pattern
#: one character of a pattern: an escaped one, a class, anything else
_PART = re.compile(
    r"\\(?P<literal>.)|\[(?P<not>[!^]?)(?P<class>\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]|(?P<one>.)", re.DOTALL
)
_CLASSES = {
    "[:alnum:]": "a-zA-Z0-9",
    "[:alpha:]": "a-zA-Z",
    "[:blank:]": r"\ \t",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:punct:]": r"!-/:-@\[-`{-~",
    "[:space:]": r"\s",
    "[:upper:]": "A-Z",
    "[:xdigit:]": "0-9a-fA-F",
}
_IN_CLASS = re.compile(r"\[:[a-z]+:\]|\\.|.", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One pattern."""

    text: str
    #: it takes away what earlier ones named
    takes_away: bool
    regex: re.Pattern[str]

    def matches(self, path: str) -> bool:
        """Whether it matches the file or a folder above it."""
        return self.regex.fullmatch(path) is not None


def parse_pattern(text: str) -> Pattern:
    """The pattern. Errors: Invalid for what gitignore has no meaning for, or what could lead out of the checkout."""
    _check(text)
    body = re.sub(r"(?<!\\) +$", "", text)
    takes_away = body.startswith("!")
    body = body.removeprefix("!")
    for_folders = body.endswith("/")
    segments = body.rstrip("/").removeprefix("/").split("/")
    is_anchored = "/" in body.rstrip("/")
    if not is_anchored:
        segments = ["**", *segments]
    if ".." in segments:
        raise Invalid(
            Problem(message="a path must stay inside the repository's checkout.", remedy="Write it without ...")
        )
    below = _BELOW_IT if for_folders else "(?:/.*)?"
    return Pattern(text=text, takes_away=takes_away, regex=re.compile(_whole(segments, below), re.DOTALL))


def named_by(patterns: Iterable[Pattern], paths: Iterable[str]) -> frozenset[str]:
    """The files that the patterns mean together."""
    named: set[str] = set()
    everything = tuple(paths)
    for pattern in patterns:
        found = {path for path in everything if pattern.matches(path)}
        named = named - found if pattern.takes_away else named | found
    return frozenset(named)


def _check(text: str) -> None:
    if not text.strip() or len(text) > _LONGEST or "\0" in text or text.strip("!/ ") == "":
        raise Invalid(f"expected a path or pattern below the repository of at most {_LONGEST} characters.")
    if text.startswith("#"):
        raise Invalid(
            Problem(message="a pattern that begins with # is a comment.", remedy=f'Write it as "\\\\{text}".')
        )
    if text.startswith("./"):
        raise Invalid(Problem(message="a pattern does not begin with ./", remedy=f'Write it as "{text[1:]}".'))
    if braces := _BRACES.search(text):
        either = " and ".join(f'"{text[: braces.start()]}{one}{text[braces.end() :]}"' for one in braces.groups())
        raise Invalid(Problem(message="braces mean nothing in a pattern.", remedy=f"Write one for each: {either}."))


def _whole(segments: list[str], below: str) -> str:
    """The expression: stretches without "**", each at the first place where it fits; the last at the end."""
    stretches: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            stretches.append([])
        else:
            stretches[-1].append(_segment(segment))
    first, *others = ["/".join(stretch) for stretch in stretches]
    if not others:
        return first + below
    *middle, last = others
    begin = f"{first}/" if first else ""
    between = "".join(f"(?>(?:[^/]+/)*?{stretch}/)" for stretch in middle if stretch)
    everything = "[^/]+/.+" if below == _BELOW_IT else ".+"
    return begin + between + (f"(?:[^/]+/)*{last}{below}" if last else everything)


def _segment(segment: str) -> str:
    """One name: pieces of fixed length with stars between them."""
    pieces = [""]
    at = 0
    while found := _PART.match(segment, at):
        at = found.end()
        if found["one"] == "*":
            pieces.append("")
        else:
            pieces[-1] += _character(found, segment)
    first, *others = pieces
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + f"[^/]*{last}"


def _character(found: re.Match[str], segment: str) -> str:
    if found["literal"]:
        return re.escape(found["literal"])
    if found["class"]:
        return _class(found["not"], found["class"])
    if found["one"] in {"[", "\\"}:
        remedy = f'A plain one is written with a backslash: "\\\\{found["one"]}".'
        raise Invalid(Problem(message=f'the "{found["one"]}" in "{segment[:60]}" is not closed.', remedy=remedy))
    return "[^/]" if found["one"] == "?" else re.escape(found["one"])


def _class(negation: str, members: str) -> str:
    inside = "".join(
        _CLASSES.get(one) or ("-" if one == "-" else re.escape(one[-1])) for one in _IN_CLASS.findall(members)
    )
    inside = re.sub(r"^-|-$", r"\\-", inside)
    try:
        re.compile(f"[{inside}]")
    except re.error as error:
        raise Invalid(f'"[{members[:60]}]" is no class of characters: {error.msg}.') from None
    return f"(?!/)[{'^' if negation else ''}{inside}]"
