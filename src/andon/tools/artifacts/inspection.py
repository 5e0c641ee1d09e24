"""Looks into an artifact in the registry: its layers, and whether its provenance proves itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from andon.kernel.errors import AndonError
from andon.kernel.ids import Actor, ArtifactName, Digest
from andon.standards.oci import Descriptor, parse_manifest
from andon.tools.artifacts.model.provenance import Provenance
from andon.tools.artifacts.ports import Attestations, Registries

#: who looks: a page or an answer of the API
ACTOR = Actor("andon/artifacts")
WITHIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What was found in the registry."""

    #: from the bottom up
    layers: tuple[Descriptor, ...] = ()
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
        layers: tuple[Descriptor, ...] = ()
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                manifest = await registry.pull_manifest(name, digest)
                layers = parse_manifest(manifest.content).layers
                provenance = await self._attestations.verify(registry, name, digest)
        except TimeoutError:
            return Inspected(layers=layers, problem="The registry did not answer in time.")
        except AndonError as error:
            return Inspected(layers=layers, problem=str(error))
        return Inspected(layers=layers, provenance=provenance)
