"""What happens to artifacts, for every other tool to read; and the commands that the flow gives them."""

from __future__ import annotations

from andon.tools.artifacts.model.artifact import (
    ArtifactPublished,
    ArtifactSuperseded,
    PublishArtifact,
    SupersedeArtifact,
    VersionNotTagged,
    VersionTagged,
)
from andon.tools.artifacts.model.numbering import Landing

__all__ = [
    "EVENTS",
    "ArtifactPublished",
    "ArtifactSuperseded",
    "Landing",
    "PublishArtifact",
    "SupersedeArtifact",
    "VersionNotTagged",
    "VersionTagged",
]

EVENTS: tuple[type, ...] = (ArtifactPublished, ArtifactSuperseded, VersionTagged, VersionNotTagged)
