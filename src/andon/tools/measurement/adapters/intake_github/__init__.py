"""What GitHub's webhooks say."""

from __future__ import annotations

from andon.tools.measurement.adapters.intake_github.intake import GitHubIntake

__all__ = ["GitHubIntake"]
