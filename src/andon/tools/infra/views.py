"""Which secrets are there, who set them, and when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.envelope import Envelope
from andon.kernel.ids import Actor, EnvironmentName, ServiceName
from andon.standards.shapes import did_you_mean
from andon.tools.infra.events import SecretRemoved, SecretSet
from andon.tools.infra.model.secret import SecretName, SecretPlace
from andon.tools.infra.places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKnown:
    """A secret as anybody may know it."""

    environment: EnvironmentName
    service: ServiceName
    name: SecretName
    #: changes with the value and tells nothing about it
    fingerprint: str
    set_at: datetime
    set_by: Actor


class KnownSecrets:
    """Every secret there is, without its value."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], SecretKnown] = {}
        self.places = Places()

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        self.places.apply(happened)
        match happened.event:
            case SecretSet() as event:
                self._known[event.environment, event.service, event.name] = SecretKnown(
                    environment=event.environment,
                    service=event.service,
                    name=event.name,
                    fingerprint=event.fingerprint,
                    set_at=happened.at,
                    set_by=happened.actor,
                )
            case SecretRemoved() as event:
                self._known.pop((event.environment, event.service, event.name), None)
            case _:
                pass

    def chosen(self, environment: str, service: str) -> tuple[SecretKnown, ...]:
        """Those that a person asks for; "" means all. Errors: NotFound for a name that nothing has."""
        self.places.check_filter(environment, service, ((at, of) for at, of, _ in self._known))
        return self.of(environment, service)

    def missing(self, place: SecretPlace) -> str:
        """That there is no such secret, and which may be meant."""
        self.places.check_filter(place.environment, place.service, ((at, of) for at, of, _ in self._known))
        names = [known.name for known in self.of(place.environment, place.service)]
        hint = did_you_mean(place.name, names) or "See them with: andon secret list"
        return f"{place.service} has no secret {place.name} in {place.environment}. {hint}"

    def of(self, environment: str = "", service: str = "") -> tuple[SecretKnown, ...]:
        """By environment, service and name; "" means all."""
        return tuple(
            known
            for (at, of, _), known in sorted(self._known.items())
            if environment in ("", at) and service in ("", of)
        )
