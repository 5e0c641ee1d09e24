"""What the search finds of artifacts: their names, versions and digests."""

from __future__ import annotations

from collections.abc import Iterator

from andon.tools.artifacts.views import Artifacts
from andon.web.finding import Findable
from andon.web.who import Who


def find(typed: str, who: Who, /, artifacts: Artifacts) -> Iterator[Findable]:
    """Artifacts by name; versions as "1.7", "shop 1.7", "shop@1.7", or by the first digits of a digest."""
    for name in artifacts.names():
        yield Findable(words=str(name), address=f"/artifacts/{name}", kind="artifact")
        for known in artifacts.versions(name):
            version, digest = known.published.version, known.published.digest
            yield Findable(
                words=f"{name} {version}",
                address=f"/artifacts/{name}/{version}",
                kind="version",
                ids=(version, f"{name}@{version}".lower(), digest, digest.removeprefix("sha256:")),
            )
