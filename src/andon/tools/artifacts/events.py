"""What happens to artifacts, for every other tool to read; and the one command that the flow gives them."""

from __future__ import annotations

from andon.tools.artifacts.model.artifact import ArtifactPublished, PublishArtifact, VersionNotTagged, VersionTagged

__all__ = ["EVENTS", "ArtifactPublished", "PublishArtifact", "VersionNotTagged", "VersionTagged"]

EVENTS: tuple[type, ...] = (ArtifactPublished, VersionTagged, VersionNotTagged)
