"""Where a secret can be of use: environments of the line, services, and what runs where."""

from __future__ import annotations

from collections.abc import Iterable

from andon.kernel.envelope import Envelope
from andon.standards.known import known_filter, known_name
from andon.standards.shapes import did_you_mean
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import LineDefined, PromotionVerified, ServiceRetired
from andon.tools.infra.model.secret import SecretPlace


class Places:
    """Every environment and service that the ledger tells of, and the version that runs."""

    def __init__(self) -> None:
        self._environments: tuple[str, ...] = ()
        self._services: set[str] = set()
        self._live: dict[tuple[str, str], str] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case LineDefined() as event:
                self._environments = tuple(each.name for each in event.environments)
            case ArtifactPublished(service=str() as service):
                self._services.add(service)
            case PromotionVerified() as event:
                self._services.add(event.service)
                self._live[event.environment, event.service] = event.version
            case ServiceRetired() as event:
                self._live.pop((event.environment, event.service), None)
            case _:
                pass

    def check_environment(self, name: str) -> None:
        """Errors: NotFound when the line has none of this name."""
        if self._environments:
            known_name(name, self._environments, "environment")

    def check_filter(self, environment: str, service: str, secrets: Iterable[tuple[str, str]]) -> None:
        """Of what is there, or has secrets although it is no more; "" is all. Errors: NotFound."""
        having = tuple(secrets)
        known_filter(environment, dict.fromkeys((*self._environments, *(at for at, _ in having))), "environment")
        known_filter(service, sorted({*self._services, *(of for _, of in having)}), "service")

    def unknown_service(self, name: str) -> str:
        """That nothing of the service was published yet, for who meant another one; "" when something was."""
        if name in self._services:
            return ""
        return f'No service "{name}" was published yet. {did_you_mean(name, self._services)}'.rstrip()

    def when(self, place: SecretPlace) -> str:
        """From when on the service has a change of this secret."""
        live = self._live.get((place.environment, place.service))
        if live is None:
            return f"{place.service} has it from its next start in {place.environment} on"
        return (
            f"{place.service} {live} runs in {place.environment} without this change until its next start: "
            "with its next version, or when its config in line.toml changes"
        )
