"""What GitLab's webhooks say."""

from __future__ import annotations

from andon.tools.measurement.adapters.intake_gitlab.intake import GitLabIntake

__all__ = ["GitLabIntake"]
