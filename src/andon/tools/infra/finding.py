"""What the search finds of infra: names of secrets, for those who may see their page."""

from __future__ import annotations

from collections.abc import Iterator

from andon.tools.infra.views import KnownSecrets
from andon.web.finding import Findable
from andon.web.who import Who


def find(typed: str, who: Who, /, secrets: KnownSecrets) -> Iterator[Findable]:
    """Every secret by its name; nothing of its value."""
    for one in secrets.of() if who.may("promote") else ():
        kind = f"secret of {one.service} in {one.environment}"
        yield Findable(words=one.name, address="/secrets", kind=kind)
