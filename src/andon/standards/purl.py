"""Package URLs, as CDEvents names artifacts. Source: github.com/package-url/purl-spec."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote


def print_oci_purl(name: str, digest: str) -> str:
    """The image's name and digest in one text; the digest's colon is escaped, as the type asks."""
    return f"pkg:oci/{quote(name, safe='')}@{quote(digest, safe='')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purl:
    """The parts of a package URL that are used here."""

    #: "oci", "golang"
    type: str
    #: with what stands before it: "mygit.com/myorg/myapp"
    name: str
    #: a digest for images; "" when there is none
    version: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()

    def qualifier(self, name: str) -> str:
        """One qualifier; "" when it is not there."""
        return dict(self.qualifiers).get(name, "")


def parse_purl(text: str) -> Purl | None:
    """A package URL; None for any other text."""
    if not text.startswith("pkg:"):
        return None
    rest, _, asked = text.removeprefix("pkg:").partition("#")[0].partition("?")
    path, at, version = rest.rpartition("@")
    kind, _, name = (path if at else rest).strip("/").partition("/")
    if not (kind and name):
        return None
    pairs = (pair.partition("=") for pair in asked.split("&") if pair)
    return Purl(
        type=kind.lower(),
        name=unquote(name),
        version=unquote(version) if at else "",
        qualifiers=tuple((key, unquote(value)) for key, _, value in pairs),
    )
