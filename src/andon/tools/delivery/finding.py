"""What the search finds of delivery: services and environments."""

from __future__ import annotations

from collections.abc import Iterator

from andon.tools.delivery.views import Environments
from andon.web.finding import Findable
from andon.web.who import Who


def find(typed: str, who: Who, /, environments: Environments) -> Iterator[Findable]:
    """By name."""
    for service in environments.service_names:
        yield Findable(words=str(service), address=f"/services/{service}", kind="service")
    for environment in environments.names:
        yield Findable(words=str(environment), address=f"/environments/{environment}", kind="environment")
