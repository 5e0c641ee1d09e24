"""A write to the registry that a rule stopped at the door, on its way into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Refused
from andon.tools.artifacts.model.artifact import Artifact, ArtifactPublished


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteToRegistry:
    """Somebody tried to write without a run's token; the registry has said no already."""

    rule: str
    reason: str

    def decide(self, state: Artifact, now: datetime) -> tuple[ArtifactPublished, ...]:
        """Never. Errors: Refused, always, which the desk then records."""
        raise Refused(self.rule, self.reason, "Push the commit: its run publishes the artifact.")
