"""The API of artifacts: what is published, in which versions, and how each one was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from andon.kernel.ids import Actor, ArtifactName, CommitId, Digest, RepositoryName, RunNumber, ServiceName, Version
from andon.standards.oci import Descriptor, ImageConfig
from andon.tools.artifacts.inspection import Inspector
from andon.tools.artifacts.model.provenance import Provenance
from andon.tools.artifacts.views import Artifacts, ArtifactVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionShown:
    """One version in a list."""

    name: ArtifactName
    version: Version
    digest: Digest
    size_bytes: int
    repository: RepositoryName
    commit: CommitId
    run: RunNumber
    #: what runs of it; None for an artifact that is no service
    service: ServiceName | None
    #: of the signed statement how it was made
    provenance: Digest
    #: the registry knows it by its version; None while that is being done
    tagged: bool | None
    #: of a newer commit, so that this one is not promoted by itself
    superseded_by: Version | None
    published_at: datetime
    published_by: Actor
    #: its ledger entry
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerShown:
    """One layer of an image."""

    digest: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HowItRuns:
    """What the image's configuration says."""

    architecture: str
    command: tuple[str, ...]
    working_dir: str
    env: dict[str, str]
    labels: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDetails:
    """One version, with what the registry has of it."""

    version: VersionShown
    #: from the bottom up
    layers: tuple[LayerShown, ...]
    config: HowItRuns | None
    #: as it was signed, when it proves itself
    provenance: Provenance | None
    #: what could not be seen or is not proven; "" when all is well
    problem: str


@get("/api/v1/artifacts", sync_to_thread=False)
def list_artifacts(artifacts: NamedDependency[Artifacts]) -> list[VersionShown]:
    """The newest version of each artifact."""
    return [_shown(version) for version in artifacts.newest()]


@get("/api/v1/artifacts/{name:str}", sync_to_thread=False)
def list_versions(name: FromPath[str], artifacts: NamedDependency[Artifacts]) -> list[VersionShown]:
    """Every version of an artifact, newest first."""
    return [_shown(version) for version in artifacts.versions(ArtifactName(name))]


@get("/api/v1/artifacts/{name:str}/{version:str}")
async def show_version(
    name: FromPath[str],
    version: FromPath[str],
    artifacts: NamedDependency[Artifacts],
    inspector: NamedDependency[SkipValidation[Inspector]],
) -> VersionDetails:
    """One version, said as version or as digest: its layers, how it runs, and the proof where it comes from."""
    known = artifacts.version(ArtifactName(name), version)
    found = await inspector.inspect(known.published.name, known.published.digest)
    return VersionDetails(
        version=_shown(known),
        layers=tuple(_layer(layer) for layer in found.layers),
        config=_how_it_runs(found.config) if found.config else None,
        provenance=found.provenance,
        problem=found.problem,
    )


def _how_it_runs(config: ImageConfig) -> HowItRuns:
    return HowItRuns(
        architecture=config.architecture,
        command=(*config.entrypoint, *config.command),
        working_dir=config.working_dir,
        env=dict(config.env),
        labels=dict(config.labels),
    )


def _layer(layer: Descriptor) -> LayerShown:
    return LayerShown(digest=layer.digest, media_type=layer.media_type, size_bytes=layer.size)


def _shown(version: ArtifactVersion) -> VersionShown:
    published = version.published
    return VersionShown(
        name=published.name,
        version=published.version,
        digest=published.digest,
        size_bytes=published.size_bytes,
        repository=published.repository,
        commit=published.commit,
        run=published.run,
        service=published.service,
        provenance=published.provenance,
        tagged=version.tagged,
        superseded_by=version.superseded_by,
        published_at=version.published_at,
        published_by=version.published_by,
        position=version.position,
    )


HANDLERS = (list_artifacts, list_versions, show_version)
