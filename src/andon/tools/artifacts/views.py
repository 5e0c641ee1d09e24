"""Which artifacts are there, in which versions, and where do they come from?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, ArtifactName, Version
from andon.standards.known import known_name
from andon.tools.artifacts.events import ArtifactPublished, ArtifactSuperseded, VersionNotTagged, VersionTagged


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactVersion:
    """One version of an artifact, and where it comes from."""

    published: ArtifactPublished
    published_at: datetime
    published_by: Actor
    #: its ledger entry
    position: int
    #: the registry knows it by its version; None while that is being done
    tagged: bool | None = None
    #: of a newer commit, so that this one is not promoted by itself; None when there is none
    superseded_by: Version | None = None


class Artifacts:
    """Every published version, by name and version."""

    def __init__(self) -> None:
        self._versions: dict[ArtifactName, dict[Version, ArtifactVersion]] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case ArtifactPublished() as event:
                self._publish(event, happened)
            case VersionTagged() as event:
                self._tag(event.name, event.version, tagged=True)
            case VersionNotTagged() as event:
                self._tag(event.name, event.version, tagged=False)
            case ArtifactSuperseded() as event:
                known = self._versions[event.name][event.version]
                self._versions[event.name][event.version] = replace(known, superseded_by=event.by)
            case _:
                pass

    def _publish(self, event: ArtifactPublished, happened: Envelope[object]) -> None:
        self._versions.setdefault(event.name, {})[event.version] = ArtifactVersion(
            published=event, published_at=happened.at, published_by=happened.actor, position=happened.position
        )

    def _tag(self, name: ArtifactName, version: Version, *, tagged: bool) -> None:
        known = self._versions[name][version]
        self._versions[name][version] = replace(known, tagged=tagged)

    def names(self) -> tuple[ArtifactName, ...]:
        """Every artifact by name."""
        return tuple(sorted(self._versions))

    def newest(self) -> tuple[ArtifactVersion, ...]:
        """The newest version of each artifact, by name."""
        return tuple(self.versions(name)[0] for name in self.names())

    def versions(self, name: ArtifactName) -> tuple[ArtifactVersion, ...]:
        """All versions of an artifact, that of the newest commit first. Errors: NotFound."""
        known_name(name, self.names(), "artifact", otherwise="See them all with: andon artifacts")
        known = self._versions[name]
        return tuple(sorted(known.values(), key=lambda one: (one.published.landing, one.position), reverse=True))

    def version(self, name: ArtifactName, version: str) -> ArtifactVersion:
        """One version, said as version ("1.15") or as digest. Errors: NotFound."""
        versions = self.versions(name)
        found = next((v for v in versions if version in {v.published.version, v.published.digest}), None)
        if found is None:
            raise NotFound(f'{name} has no version "{version[:80]}". See them all with: andon artifacts {name}')
        return found
