"""What the search finds of source: repositories."""

from __future__ import annotations

from collections.abc import Iterator

from andon.tools.source.views import Repositories
from andon.web.finding import Findable
from andon.web.who import Who


def find(typed: str, who: Who, /, repositories: Repositories) -> Iterator[Findable]:
    """Those that were not deleted."""
    for name in repositories.names():
        yield Findable(words=str(name), address=f"/repositories/{name}", kind="repository")
