"""What any tool says in CDEvents, bare or as CloudEvents over HTTP."""

from __future__ import annotations

from andon.tools.measurement.adapters.intake_cdevents.intake import CdEventsIntake

__all__ = ["CdEventsIntake"]
