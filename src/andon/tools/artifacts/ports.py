"""What artifacts need from the world: tokens, a place for refusals, a registry, signatures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from andon.kernel.ids import Actor, ArtifactName, BranchName, CommitId, Digest, RepositoryName, RunNumber
from andon.standards.oci import Descriptor
from andon.tools.artifacts.model.grant import Grant
from andon.tools.artifacts.model.provenance import Provenance
from andon.tools.pipelines.events import ArtifactSpec, ServiceSpec


class TokenChecker(Protocol):
    """Tells what a token allows in the registry."""

    def check(self, token: str) -> Grant | None:
        """The token's grant, or None when it is unknown, expired or not meant for the registry."""
        ...


class TokenMint(Protocol):
    """Makes short-lived tokens for the registry."""

    def mint(self, actor: Actor, scope: str, ttl: timedelta) -> str:
        """A token of this actor for this scope ("push:shop pull:base") that ends after `ttl`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LentToken:
    """A short-lived token for one client."""

    token: str = field(repr=False)
    issued_at: datetime
    lasts: timedelta


class TokenLender(Protocol):
    """Makes short-lived tokens for those who have shown a longer-lived one."""

    def lend(self, grant: Grant, scope: str) -> LentToken:
        """A token for this scope, which must be within the grant; it ends with the grant at the latest."""
        ...


class Refusals(Protocol):
    """Remembers that somebody was not let through."""

    async def refused(self, actor: Actor, what: str, rule: str, reason: str) -> None:
        """`what` was tried ("push shop"), and this rule said no."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledManifest:
    """A manifest as a registry gave it, its digest verified."""

    digest: Digest
    media_type: str
    content: bytes


class RegistryClient(Protocol):
    """An OCI registry as one actor may use it. Errors of all: PortError, NotFound, Refused."""

    async def has_blob(self, name: str, digest: str) -> bool:
        """Is the blob there?"""
        ...

    async def push_blob(self, name: str, digest: str, size: int, chunks: AsyncIterator[bytes]) -> None:
        """Write a blob; the registry verifies the digest."""
        ...

    async def mount_blob(self, name: str, digest: str, source: str) -> bool:
        """Make another artifact's blob this one's too, without copying; False when the registry would not."""
        ...

    def pull_blob(self, name: str, digest: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The blob's bytes; the iteration fails when they do not have the digest."""
        ...

    async def push_manifest(self, name: str, reference: str, media_type: str, content: bytes) -> None:
        """Write a manifest under a digest or a tag."""
        ...

    async def pull_manifest(self, name: str, reference: str) -> PulledManifest:
        """The manifest under a digest or a tag."""
        ...

    async def referrers(self, name: str, digest: str, artifact_type: str) -> tuple[Descriptor, ...]:
        """The manifests of this type whose subject is the digest."""
        ...


class Registries(Protocol):
    """The door to a registry."""

    def open(self, actor: Actor, scope: str) -> RegistryClient:
        """The registry as this actor may use it, no further than the scope."""
        ...


class Signer(Protocol):
    """The install's signing key."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes:
        """The signature over the message."""
        ...

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Was the message signed with this install's key?"""
        ...


class Attestations(Protocol):
    """Signed statements about artifacts, kept beside them."""

    async def attach(self, registry: RegistryClient, provenance: Provenance, manifest: Descriptor) -> Digest:
        """Sign the provenance and attach it to its artifact's manifest; the digest of what was attached."""
        ...

    async def verify(self, registry: RegistryClient, name: ArtifactName, digest: Digest) -> Provenance:
        """The artifact's provenance, signature and subject checked.

        Errors: Refused (only-ci-writes) when there is none that this install has signed.
        """
        ...


class PackRequest(Protocol):
    """What to make an artifact of, and what to say about its making: as pipelines ask for it."""

    @property
    def run(self) -> RunNumber: ...
    @property
    def repository(self) -> RepositoryName: ...
    @property
    def commit(self) -> CommitId: ...
    @property
    def branch(self) -> BranchName: ...
    @property
    def artifact(self) -> ArtifactSpec: ...
    @property
    def service(self) -> ServiceSpec | None: ...
    @property
    def folder(self) -> str:
        """Folder, or single file, that becomes /app."""
        ...

    @property
    def started_at(self) -> datetime:
        """When the run was queued."""
        ...

    @property
    def committed_at(self) -> datetime:
        """The time that packed files carry: the commit's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An artifact that is in the registry."""

    #: of its manifest: the artifact's identity
    digest: Digest
    #: manifest, configuration and layers
    size_bytes: int
    #: of the attached statement how it was made
    provenance: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedImage:
    """An image as files on this machine."""

    #: path of the folder that is its file system
    root: str
    #: False when it runs over the host's own read-only system
    has_base: bool
    #: entrypoint and command in one
    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]
