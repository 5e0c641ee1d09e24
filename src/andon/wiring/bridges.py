"""Where one tool needs what another one has: the same thing in the words of each. Nothing here decides anything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from andon.engine.clock import Clock
from andon.engine.desk import Desk
from andon.kernel.errors import Invalid, NotFound, Problem, Refused
from andon.kernel.ids import Actor, ArtifactName, CommitId, Digest, EnvironmentName, ServiceName, stream
from andon.line.protection import LINE_REPOSITORY
from andon.tools.access.views import Accounts
from andon.tools.artifacts.adapters.images_registry import RegistryImages
from andon.tools.artifacts.adapters.packer_oci import OciPacker
from andon.tools.artifacts.model.grant import EVERY, Grant
from andon.tools.artifacts.model.refused_write import WriteToRegistry
from andon.tools.artifacts.ports import TokenChecker
from andon.tools.delivery.ports import UnpackedImage
from andon.tools.infra.ports import SecretStore
from andon.tools.pipelines.ports import Packed, PackRequest
from andon.tools.source.ports import GitRepositories
from andon.web.gate import Keyring, sha256_of

LINE_FILE = "line.toml"


class DeliveredImages:
    """delivery.Images out of the registry."""

    def __init__(self, registry_images: RegistryImages) -> None:
        self._images = registry_images

    async def fetch(self, name: ArtifactName, digest: Digest) -> UnpackedImage:
        """The artifact, unpacked. Errors: PortError, NotFound."""
        image = await self._images.fetch(name, digest)
        return UnpackedImage(
            root=Path(image.root), has_base=image.has_base, command=image.command, env=image.env, labels=image.labels
        )


class VerifiedProvenance:
    """delivery.Provenance out of the registry's attestations."""

    def __init__(self, registry_images: RegistryImages) -> None:
        self._images = registry_images

    async def verify(self, name: ArtifactName, digest: Digest) -> None:
        """Errors: Refused when this install did not sign it; PortError."""
        await self._images.verify_provenance(name, digest)


class StoredSecrets:
    """delivery.Secrets out of infra's store, which works on files."""

    def __init__(self, secret_store: SecretStore) -> None:
        self._store = secret_store

    async def secrets_of(self, environment: EnvironmentName, service: ServiceName) -> Mapping[str, str]:
        """Names and values. Errors: PortError."""
        return await asyncio.to_thread(self._store.secrets_of, environment, service)


class LineFile:
    """delivery.LineSource: line.toml in the repository of the line."""

    def __init__(self, git_repositories: GitRepositories) -> None:
        self._repositories = git_repositories

    async def read(self, commit: CommitId) -> str:
        """The file's text at a commit. Errors: NotFound, PortError."""
        data = await self._repositories.blob(LINE_REPOSITORY, commit, LINE_FILE)
        if data is None:
            raise NotFound(f"There is no {LINE_FILE} at {commit[:7]} in the repository {LINE_REPOSITORY}.")
        return data.decode(errors="replace")


class LatestTime:
    """engine.Clock for what ends: it does not go back when the machine's clock does."""

    def __init__(self, clock: Clock, accounts: Accounts) -> None:
        self._clock = clock
        self._accounts = accounts

    def now(self) -> datetime:
        """The latest time that was seen."""
        return self._accounts.latest(self._clock.now())


class PeoplesTokens:
    """artifacts.TokenChecker for the tokens of people and machines: whoever may read may pull, and nobody may push."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    def check(self, token: str) -> Grant | None:
        """The grant, or None when nobody has this token."""
        who = self._keyring.of_token(sha256_of(token), self._clock.now())
        if who is None:
            return None
        pull = frozenset({EVERY} if who.may("read") else ())
        return Grant(actor=who.actor, push=frozenset(), pull=pull, via=sha256_of(token))


class LivingTokens:
    """artifacts.TokenChecker for the registry's own tokens: one that was lent for an account's token ends with it."""

    def __init__(self, tokens: TokenChecker, keyring: Keyring, clock: Clock) -> None:
        self._tokens = tokens
        self._keyring = keyring
        self._clock = clock

    def check(self, token: str) -> Grant | None:
        """The grant, or None when the token is unknown, over, or its account's token was revoked."""
        grant = self._tokens.check(token)
        if grant is None or not grant.via:
            return grant
        who = self._keyring.of_token(grant.via, self._clock.now())
        return grant if who is not None and who.may("read") else None


class RecordedRefusals:
    """artifacts.Refusals: what the registry's door refused, in the ledger."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def refused(self, actor: Actor, what: str, rule: str, reason: str) -> None:
        """Write it down in the artifact's stream."""
        name = what.partition(" ")[2]
        try:
            await self._desk.submit(stream("artifact", name), WriteToRegistry(rule=rule, reason=reason), actor=actor)
        except Refused:
            return


class RunsPacker:
    """pipelines.ArtifactPacker by artifacts' packer."""

    def __init__(self, oci_packer: OciPacker) -> None:
        self._packer = oci_packer

    async def pack(self, request: PackRequest) -> Packed:
        """Packed, pushed and attested. Errors: Invalid, PortError."""
        packed = await self._packer.pack(request)
        return Packed(digest=packed.digest, size_bytes=packed.size_bytes, provenance=packed.provenance)


class NoRegistry:
    """pipelines.ArtifactPacker of a server that does not run artifacts."""

    async def pack(self, request: PackRequest) -> Packed:
        """Errors: Invalid, always."""
        remedy = "Start the server with it: andon up --tools pipelines,artifacts; then run the commit again."
        message = f"{request.artifact.name} is not packed: the tool artifacts does not run on this server."
        raise Invalid(Problem(message=message, remedy=remedy))
