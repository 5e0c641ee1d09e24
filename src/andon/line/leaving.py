"""What follows when something leaves the line: an environment, or a repository. Part of the flow."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from andon.kernel.envelope import Envelope
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.kernel.order import Order
from andon.line.facts import Facts
from andon.line.orders import order
from andon.tools.delivery.events import RetireService
from andon.tools.pipelines.events import CancelRun
from andon.tools.source.events import RepositoryArchived, RepositoryDeleted


def retire(happened: Envelope[Any], facts: Facts) -> Iterable[Order]:
    """What runs where the line has no environment any more is drained and stopped."""
    declared = {environment.name for environment in facts.environments}
    for environment, service in tuple(facts.standings):
        if environment not in declared:
            yield _retired(happened, environment, service, f"{environment} left the line")


def _retired(happened: Envelope[Any], environment: EnvironmentName, service: ServiceName, reason: str) -> Order:
    command = RetireService(environment=environment, service=service, reason=reason)
    return order(happened, f"service/{environment}/{service}", command)


def close(happened: Envelope[Any], facts: Facts, event: RepositoryArchived | RepositoryDeleted) -> Iterable[Order]:
    """Open runs are cancelled; what serves goes on, and a repository that was deleted has nothing that serves."""
    reason = f"{event.repository} was {'archived' if isinstance(event, RepositoryArchived) else 'deleted'}"
    for number in facts.closings.open_runs(event.repository):
        yield order(happened, f"run/{number}", CancelRun(reason=reason))
    if isinstance(event, RepositoryDeleted):
        owned = [service for service in facts.services() if facts.owners.owner(service) == event.repository]
        for environment, service in itertools.product(facts.environments, owned):
            yield _retired(happened, environment.name, service, reason)
