"""What a task may reach: nothing, the internet, a list of hosts, or, with permission, the network of the host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from andon.kernel.errors import Invalid, Problem
from andon.standards.reading import ReadContext
from andon.standards.shapes import Schema, describe, did_you_mean, quoted

#: of one task
Network: TypeAlias = bool | Literal["host"] | tuple[str, ...]

#: names for the hosts of the usual package registries
REGISTRIES: dict[str, tuple[str, ...]] = {
    "pypi": ("pypi.org", "files.pythonhosted.org"),
    "npm": ("registry.npmjs.org", "registry.yarnpkg.com"),
    "crates": ("crates.io", "index.crates.io", "static.crates.io"),
    "go": ("proxy.golang.org", "sum.golang.org"),
    "debian": ("deb.debian.org", "security.debian.org"),
    "maven": ("repo.maven.apache.org", "repo1.maven.org"),
    "gradle": ("services.gradle.org", "plugins.gradle.org", "plugins-artifacts.gradle.org", "downloads.gradle.org"),
    "rubygems": ("rubygems.org", "index.rubygems.org"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostContact:
    """What a task exchanged with one host."""

    host: str
    port: int
    connections: int
    sent_bytes: int
    received_bytes: int
    #: why the last of them was refused; "" when all were allowed
    refused: str = ""


_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+{_LABEL}(?::(?P<port>[0-9]{{1,5}}))?")
_EXAMPLE = 'Like network = true, or network = ["pypi", "files.example.org"].'


def hosts_of(network: tuple[str, ...]) -> tuple[str, ...]:
    """The list with registries' names replaced by their hosts."""
    return tuple(host for entry in network for host in REGISTRIES.get(entry, (entry,)))


def parse_entry(text: str) -> str:
    """One entry of the list. Errors: Invalid."""
    entry = text.lower()
    if entry in REGISTRIES:
        return entry
    found = _HOST.fullmatch(entry)
    if found is None or not 0 < int(found["port"] or 443) <= 65535:
        remedy = did_you_mean(entry, REGISTRIES) or (
            f"Use a host (files.example.org, *.example.org, git.example.org:22) or one of {', '.join(REGISTRIES)}."
        )
        raise Invalid(Problem(message=f"{quoted(text)} is not a host or a package registry.", remedy=remedy))
    return entry


class NetworkShape:
    """true, false, "host", or a list of hosts."""

    def read(self, value: object, here: ReadContext, /) -> Network | None:
        """The value as the pipeline knows it."""
        if isinstance(value, bool):
            return value
        if value == "host":
            return "host"
        if isinstance(value, list):
            read = [self._entry(item, here.below(index)) for index, item in enumerate(value)]
            return tuple(entry for entry in read if entry)
        here.wrong(f"expected true, false or a list of hosts, found {describe(value)}.", _EXAMPLE)
        return None

    def schema(self) -> Schema:
        """The same for an editor."""
        hosts = {"type": "array", "items": {"type": "string"}}
        return {"anyOf": [{"type": "boolean"}, {"type": "string", "const": "host"}, hosts]}

    def _entry(self, item: object, here: ReadContext) -> str:
        if not isinstance(item, str):
            here.wrong(f"expected text in quotes, found {describe(item)}.", _EXAMPLE)
            return ""
        try:
            return parse_entry(item)
        except Invalid as error:
            for problem in error.problems:
                here.wrong(problem.message, problem.remedy)
            return ""
