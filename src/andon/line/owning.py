"""Whose a service is, and whose it may become."""

from __future__ import annotations

from andon.kernel.ids import ServiceName
from andon.line.facts import Facts
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
