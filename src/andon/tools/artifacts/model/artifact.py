"""An artifact: its versions, each one digest for ever, each from one commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Noun, never
from andon.kernel.ids import (
    ArtifactName,
    CommitId,
    Digest,
    EffectKey,
    RepositoryName,
    RunNumber,
    ServiceName,
    Version,
)
from andon.kernel.refusal import CommandRefused
from andon.tools.artifacts.model.numbering import UNKNOWN, Landing, Numbered, next_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One version of an artifact."""

    version: Version
    digest: Digest
    repository: RepositoryName
    commit: CommitId
    run: RunNumber
    #: the registry knows it by its version too; None while that is being done
    tagged: bool | None = None
    #: which change on the trunk brought its commit; 0 when that was not recorded
    landing: int = 0
    #: of a newer commit, so that this one is not promoted by itself; None when there is none
    superseded_by: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """All versions of an artifact, oldest first."""

    #: "" before the first version
    name: str = ""
    versions: tuple[Published, ...] = ()

    def of_digest(self, digest: Digest) -> Published | None:
        """The version with this digest."""
        return next((each for each in self.versions if each.digest == digest), None)

    def next_version(self, prefix: str, landing: Landing) -> Version:
        """The version that trunk's order gives a commit."""
        known = (Numbered(version=each.version, landing=each.landing) for each in self.versions)
        return next_version(prefix, landing, known)

    def with_version(self, changed: Published) -> Artifact:
        """The same, one version replaced."""
        versions = tuple(changed if each.version == changed.version else each for each in self.versions)
        return replace(self, versions=versions)

    def with_tagged(self, version: Version, *, tagged: bool) -> Artifact:
        """The same, this version's tag settled."""
        known = next(each for each in self.versions if each.version == version)
        return self.with_version(replace(known, tagged=tagged))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactPublished:
    """A run's artifact has a version from now on, and can be deployed."""

    name: ArtifactName
    version: Version
    digest: Digest
    size_bytes: int
    repository: RepositoryName
    commit: CommitId
    run: RunNumber
    #: of the signed statement that says how it was made
    provenance: Digest
    #: what runs of it; None for an artifact that is no service
    service: ServiceName | None
    #: which change on the trunk brought the commit, counted from 1; 0 in what was recorded before this was
    landing: int = 0

    def evolve(self, state: Artifact) -> Artifact:
        """One version more."""
        published = Published(
            version=self.version,
            digest=self.digest,
            repository=self.repository,
            commit=self.commit,
            run=self.run,
            landing=self.landing,
        )
        return replace(state, name=self.name, versions=(*state.versions, published))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactSuperseded:
    """A newer commit's version went ahead: this one was built, and people may promote it, but it does not by itself."""

    name: ArtifactName
    version: Version
    digest: Digest
    repository: RepositoryName
    commit: CommitId
    #: the newer commit's version
    by: Version

    def evolve(self, state: Artifact) -> Artifact:
        """It says so from now on."""
        known = state.of_digest(self.digest)
        return state.with_version(replace(known, superseded_by=self.by)) if known else state


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTagged:
    """The registry knows the digest by its version."""

    name: ArtifactName
    version: Version
    digest: Digest

    def evolve(self, state: Artifact) -> Artifact:
        """Its tag is there."""
        return state.with_tagged(self.version, tagged=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNotTagged:
    """The registry would not take the version as a tag; the digest is as good as before, and deployments use it."""

    name: ArtifactName
    version: Version
    digest: Digest
    reason: str

    def evolve(self, state: Artifact) -> Artifact:
        """Nobody tries any longer."""
        return state.with_tagged(self.version, tagged=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagVersion:
    """Give the digest its version as a tag in the registry."""

    lane: ClassVar[str] = "registry"

    name: ArtifactName
    version: Version
    digest: Digest

    @property
    def key(self) -> EffectKey:
        """One tag of one artifact."""
        return EffectKey(f"tag/{self.name}:{self.version}")

    def failed(self, reason: str) -> ReportVersionNotTagged:
        """The registry would not, for good."""
        return ReportVersionNotTagged(key=self.key, version=self.version, reason=reason)

    def done(self) -> ReportVersionTagged:
        """The tag is there."""
        return ReportVersionTagged(key=self.key, version=self.version, digest=self.digest)


def want(state: Artifact, now: datetime) -> tuple[TagVersion, ...]:
    """Every version has its tag."""
    return _untagged(state)


def _untagged(state: Artifact) -> tuple[TagVersion, ...]:
    return tuple(
        TagVersion(name=ArtifactName(state.name), version=each.version, digest=each.digest)
        for each in state.versions
        if each.tagged is None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishArtifact:
    """A green run has packed this: give it a version.

    The same digest again changes nothing; the line's rules judge whether a commit may have another.
    """

    name: ArtifactName
    version_prefix: str
    digest: Digest
    size_bytes: int
    repository: RepositoryName
    commit: CommitId
    run: RunNumber
    provenance: Digest
    service: ServiceName | None
    landing: Landing = UNKNOWN

    def decide(self, state: Artifact, now: datetime) -> tuple[ArtifactPublished, ...]:
        """Publish it, unless it is published already."""
        if state.of_digest(self.digest) is not None:
            return ()
        return (
            ArtifactPublished(
                name=self.name,
                version=state.next_version(self.version_prefix, self.landing),
                digest=self.digest,
                size_bytes=self.size_bytes,
                repository=self.repository,
                commit=self.commit,
                run=self.run,
                provenance=self.provenance,
                service=self.service,
                landing=self.landing.number,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersedeArtifact:
    """A newer commit's version goes ahead of this one."""

    digest: Digest
    by: Version

    def decide(self, state: Artifact, now: datetime) -> tuple[ArtifactSuperseded, ...]:
        """Remember the first that went ahead."""
        known = state.of_digest(self.digest)
        if known is None or known.superseded_by is not None:
            return ()
        superseded = ArtifactSuperseded(
            name=ArtifactName(state.name),
            version=known.version,
            digest=known.digest,
            repository=known.repository,
            commit=known.commit,
            by=self.by,
        )
        return (superseded,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVersionTagged:
    """The tag is in the registry."""

    key: EffectKey
    version: Version
    digest: Digest

    def decide(self, state: Artifact, now: datetime) -> tuple[VersionTagged, ...]:
        """Remember it, when it is still awaited."""
        awaited = _awaited(state, self.key)
        return (
            ()
            if awaited is None
            else (VersionTagged(name=awaited.name, version=awaited.version, digest=awaited.digest),)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVersionNotTagged:
    """The registry refused the tag, and will refuse it again."""

    key: EffectKey
    version: Version
    reason: str

    def decide(self, state: Artifact, now: datetime) -> tuple[VersionNotTagged, ...]:
        """Remember it, when it is still awaited."""
        awaited = _awaited(state, self.key)
        if awaited is None:
            return ()
        not_tagged = VersionNotTagged(
            name=awaited.name, version=awaited.version, digest=awaited.digest, reason=self.reason
        )
        return (not_tagged,)


def _awaited(state: Artifact, key: EffectKey) -> TagVersion | None:
    """The wish that a report answers; None for a late report."""
    return next((wish for wish in _untagged(state) if wish.key == key), None)


def is_open(state: Artifact) -> bool:
    """Is a tag still awaited?"""
    return any(each.tagged is None for each in state.versions)


NOUN: Noun[Artifact] = Noun(
    kind="artifact",
    initial=Artifact(),
    events=(ArtifactPublished, ArtifactSuperseded, VersionTagged, VersionNotTagged, CommandRefused),
    want=want,
    deadline=never,
    is_open=is_open,
)
