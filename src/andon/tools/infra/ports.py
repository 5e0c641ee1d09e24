"""What infra needs from the world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.infra.model.secret import SecretPlace


class SecretRenewal(Protocol):
    """Knows when a service gets a secret that was set or removed."""

    def of(self, environment: EnvironmentName, service: ServiceName) -> str:
        """One sentence: when what runs gets the newest values, and what to do."""
        ...


class SecretStore(Protocol):
    """Keeps the values. Safe to call from several threads."""

    def put(self, place: SecretPlace, value: str) -> str:
        """Keep the value, durably; returns its fingerprint, which gives nothing of it away. Errors: PortError."""
        ...

    def remove(self, place: SecretPlace) -> None:
        """Forget the value; one that is not there is forgotten already. Errors: PortError."""
        ...

    def secrets_of(self, environment: EnvironmentName, service: ServiceName) -> Mapping[str, str]:
        """Every value of a service in an environment by name. Errors: PortError; never with a value in its text."""
        ...
