"""Which ports of this machine the line's file may give to services: none that somebody has already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from andon.kernel.errors import Invalid, Problem
from andon.tools.delivery.events import ServicePlacement
from andon.tools.delivery.model.slots import SLOTS
from andon.tools.delivery.views import Environments


class Ports:
    """Knows who has a port: the server itself, a service, or another program."""

    def __init__(self, own: Mapping[int, str], environments: Environments, has_listener: Callable[[int], bool]) -> None:
        self._own = own
        self._environments = environments
        self._has_listener = has_listener

    def check(self, placements: Iterable[ServicePlacement]) -> None:
        """Errors: Invalid, with each port that somebody else has."""
        problems = [problem for one in placements if one.port and (problem := self._problem(one))]
        if problems:
            raise Invalid(*problems)

    def _problem(self, placement: ServicePlacement) -> Problem | None:
        holder = self._holder(placement)
        if not holder:
            return None
        return Problem(
            where=f"[service.{placement.service}.{placement.environment}]",
            message=f"port {placement.port} is that of {holder}.",
            remedy="Choose another, or leave it out: Andon then chooses one, and keeps it.",
        )

    def _holder(self, placement: ServicePlacement) -> str:
        """Who has the port; "" when it is free, or the service's own already."""
        if placement.port in self._own:
            return self._own[placement.port]
        for seen in self._environments.services():
            what = f"{seen.service} in {seen.environment}"
            if placement.port == seen.state.route_port:
                mine = (seen.service, seen.environment) == (placement.service, placement.environment)
                return "" if mine else what
            if placement.port in {here.port for slot in SLOTS if (here := seen.state.standing(slot))}:
                return f"an instance of {what}"
        return "another program on this machine" if self._has_listener(placement.port) else ""
