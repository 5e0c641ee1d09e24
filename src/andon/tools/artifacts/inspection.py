"""Looks into an artifact in the registry: its layers, and whether its provenance proves itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from andon.kernel.errors import AndonError
from andon.kernel.ids import Actor, ArtifactName, Digest
from andon.standards.oci import CONFIG, Descriptor, ImageConfig, Manifest, parse_config, parse_manifest
from andon.tools.artifacts.model.provenance import Provenance
from andon.tools.artifacts.ports import Attestations, Registries, RegistryClient

#: who looks: a page or an answer of the API
ACTOR = Actor("andon/artifacts")
WITHIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What was found in the registry."""

    #: from the bottom up
    layers: tuple[Descriptor, ...] = ()
    #: how it runs; None when the registry could not be read
    config: ImageConfig | None = None
    #: None when there is none that this install has signed
    provenance: Provenance | None = None
    #: why something could not be seen or is not proven; "" when all is well
    problem: str = ""


class Inspector(Protocol):
    """Looks into an artifact."""

    async def inspect(self, name: ArtifactName, digest: Digest) -> Inspected:
        """What is there; never fails, but says what it could not see."""
        ...


class RegistryInspector:
    """Looks into an artifact in a registry."""

    def __init__(self, registries: Registries, attestations: Attestations) -> None:
        self._registries = registries
        self._attestations = attestations

    async def inspect(self, name: ArtifactName, digest: Digest) -> Inspected:
        """What is there; never fails, but says what it could not see."""
        registry = self._registries.open(ACTOR, f"pull:{name}")
        seen = Inspected()
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                manifest = parse_manifest((await registry.pull_manifest(name, digest)).content)
                seen = Inspected(layers=manifest.layers, config=await _config(registry, name, manifest))
                provenance = await self._attestations.verify(registry, name, digest)
        except TimeoutError:
            return replace(seen, problem="The registry did not answer in time.")
        except AndonError as error:
            return replace(seen, problem=str(error))
        return replace(seen, provenance=provenance)


async def _config(registry: RegistryClient, name: str, manifest: Manifest) -> ImageConfig | None:
    if manifest.config is None or manifest.config.media_type != CONFIG:
        return None
    async with registry.pull_blob(name, manifest.config.digest) as chunks:
        return parse_config(b"".join([chunk async for chunk in chunks]))
