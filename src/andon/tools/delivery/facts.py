"""What rules and the flow may know of delivery: what is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.envelope import Envelope
from andon.kernel.ids import Actor, EnvironmentName, ServiceName
from andon.tools.delivery.model.cord import CordPulled, CordReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class Cord:
    """A pulled cord."""

    scope: str
    reason: str
    by: Actor
    at: datetime


class Cords:
    """What is stopped, since when, by whom and why."""

    def __init__(self) -> None:
        self._pulled: dict[str, Cord] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case CordPulled(scope=scope, reason=reason):
                self._pulled[scope] = Cord(scope=scope, reason=reason, by=happened.actor, at=happened.at)
            case CordReleased(scope=scope):
                self._pulled.pop(scope, None)
            case _:
                return

    def __contains__(self, scope: object) -> bool:
        """Is the cord of this scope pulled?"""
        return scope in self._pulled

    def pulled(self) -> tuple[Cord, ...]:
        """Every pulled cord, the oldest first."""
        return tuple(self._pulled.values())

    def stopping(self, environment: EnvironmentName, service: ServiceName) -> Cord | None:
        """The cord that stops a service in an environment."""
        scopes = ("line", f"environment/{environment}", f"service/{service}")
        return next((self._pulled[scope] for scope in scopes if scope in self._pulled), None)
