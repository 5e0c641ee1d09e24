"""What infra says happened: secrets were set and removed. Names and fingerprints, never values."""

from __future__ import annotations

from andon.tools.infra.model.secret import SecretRemoved, SecretSet

EVENTS: tuple[type, ...] = (SecretSet, SecretRemoved)

__all__ = ["EVENTS", "SecretRemoved", "SecretSet"]
