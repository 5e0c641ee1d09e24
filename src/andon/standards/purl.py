"""Package URLs of images, as CDEvents names artifacts. Source: github.com/package-url/purl-spec, type "oci"."""

from __future__ import annotations

from urllib.parse import quote


def print_oci_purl(name: str, digest: str) -> str:
    """The image's name and digest in one text; the digest's colon is escaped, as the type asks."""
    return f"pkg:oci/{quote(name, safe='')}@{quote(digest, safe='')}"
