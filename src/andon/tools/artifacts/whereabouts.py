"""What artifacts ask about where they serve; what comes after artifacts on the line knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from andon.kernel.ids import Digest, EnvironmentName, ServiceName


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One service in one environment, and what serves there."""

    environment: EnvironmentName
    service: ServiceName
    digest: Digest
    since: datetime


class Whereabouts(Protocol):
    """Knows where artifacts serve."""

    def of(self, digest: Digest) -> tuple[Place, ...]:
        """Every place where this artifact serves now."""
        ...
