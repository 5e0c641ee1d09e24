"""Whose a service is, and whose it may become."""

from __future__ import annotations

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import RepositoryName, ServiceName, parse_name
from andon.line.facts import Facts
from andon.tools.delivery.events import HandOver, name_stream
from andon.tools.delivery.ports import Owned


class Ownership:
    """delivery.Owning from the facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def of(self, service: ServiceName) -> Owned:
        """Its owner, and the repositories that may become it."""
        owners, closings = self._facts.owners, self._facts.closings
        owner = owners.owner(service)
        others = sorted(one for one in self._facts.trunks if one != owner and not closings.of(one))
        return Owned(owner=owner, is_declared=owners.declared(service) is not None, others=tuple(others))


async def hand_over(desk: CallersDesk, facts: Facts, name: str, repository: str) -> None:
    """Only the other repository publishes under the name from now on. Errors: Forbidden, Invalid, Refused."""
    parse_name(name, "a service or an artifact")
    before = facts.owners.owner(name) or RepositoryName("")
    command = HandOver(name=name, repository=RepositoryName(repository), before=before)
    await desk.submit(name_stream(facts.owners.known_as(name)), command)
