"""Where a secret can be of use: environments of the line, and services."""

from __future__ import annotations

from collections.abc import Iterable

from andon.kernel.envelope import Envelope
from andon.standards.known import known_filter, known_name
from andon.standards.shapes import did_you_mean
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import LineDefined, PromotionVerified


class Places:
    """Every environment and service that the ledger tells of."""

    def __init__(self) -> None:
        self._environments: tuple[str, ...] = ()
        self._services: set[str] = set()

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case LineDefined() as event:
                self._environments = tuple(each.name for each in event.environments)
            case ArtifactPublished(service=str() as service):
                self._services.add(service)
            case PromotionVerified() as event:
                self._services.add(event.service)
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

    def unmatched(self, environment: str, service: str) -> str:
        """Why nothing gets a secret of this place, for who meant another one; "" when something does."""
        if service not in self._services:
            return f'No service "{service}" was published yet. {did_you_mean(service, self._services)}'.rstrip()
        if environment not in self._environments and self._environments:
            return (
                f'The line has no environment "{environment}". {did_you_mean(environment, self._environments)}'.rstrip()
            )
        return ""
