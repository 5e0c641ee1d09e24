"""Packs a folder as an OCI image, pushes it and attests how it was made; the same content has the same digest."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import AsyncIterator
from pathlib import Path

from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor, Digest
from andon.standards.oci import MANIFEST, Descriptor, digest_of, is_name, print_config, print_manifest
from andon.tools.artifacts.adapters.packer_oci.base_image import (
    Base,
    allowed,
    base_name,
    bring_layers,
    in_thread,
    read_from_registry,
    read_layout,
)
from andon.tools.artifacts.adapters.packer_oci.image import config_of, manifest_of
from andon.tools.artifacts.adapters.packer_oci.layer import Layer, make_layer
from andon.tools.artifacts.adapters.packer_oci.tree import TreeLimits, scan
from andon.tools.artifacts.model.grant import push_scope
from andon.tools.artifacts.model.image import APP
from andon.tools.artifacts.model.provenance import Provenance
from andon.tools.artifacts.ports import Attestations, Packed, PackRequest, Registries, RegistryClient

#: the standard's names for what this machine is
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class OciPacker:
    """Makes artifacts of folders."""

    def __init__(
        self,
        registries: Registries,
        attestations: Attestations,
        *,
        builder: str,
        bases: tuple[Path, ...] = (),
        limits: TreeLimits | None = None,
    ) -> None:
        self._registries = registries
        self._attestations = attestations
        #: names this install in provenance: its address
        self._builder = builder
        #: folders of this machine whose OCI layouts may be bases
        self._bases = bases
        self._limits = limits or TreeLimits()
        self._architecture = ARCHITECTURES.get(platform.machine(), platform.machine())

    async def pack(self, request: PackRequest) -> Packed:
        """Packed, pushed and attested. Errors: Invalid when the content cannot be packed; PortError, NotFound."""
        name = request.artifact.name
        if not is_name(name):
            raise Invalid(
                f'"{name}" is no name for an image: between its letters and digits use one of . _ - at a time.'
            )
        scope = push_scope(name, pull=(base_name(request.artifact.base),))
        registry = self._registries.open(Actor(f"run/{request.run}"), scope)
        layer = await asyncio.to_thread(self._layer, request)
        base = await self._base(registry, request.artifact.base)
        config = config_of(request, layer, base, self._architecture)
        manifest = manifest_of(config, layer, base)
        content = print_manifest(manifest)
        described = Descriptor(media_type=MANIFEST, digest=digest_of(content), size=len(content))
        if base is not None:
            await bring_layers(registry, name, base)
        await _push(registry, name, layer, print_config(config))
        await registry.push_manifest(name, described.digest, MANIFEST, content)
        provenance = await self._attestations.attach(registry, self._provenance(request, base, described), described)
        parts = (described, *manifest.layers, *([manifest.config] if manifest.config else []))
        size_bytes = sum(part.size for part in parts)
        return Packed(digest=Digest(described.digest), size_bytes=size_bytes, provenance=provenance)

    def _layer(self, request: PackRequest) -> Layer:
        folder = Path(request.folder)
        return make_layer(folder, scan(folder, self._limits), APP, int(request.committed_at.timestamp()))

    async def _base(self, registry: RegistryClient, base: str) -> Base | None:
        if not base:
            return None
        if base.startswith("/"):
            return await asyncio.to_thread(lambda: read_layout(allowed(base, self._bases)))
        return await read_from_registry(registry, base)

    def _provenance(self, request: PackRequest, base: Base | None, described: Descriptor) -> Provenance:
        return Provenance(
            artifact=request.artifact.name,
            digest=Digest(described.digest),
            repository=request.repository,
            commit=request.commit,
            branch=request.branch,
            run=request.run,
            path=request.artifact.path,
            base=base.reference if base else "",
            builder=self._builder,
            started_at=request.started_at,
        )


async def _push(registry: RegistryClient, name: str, layer: Layer, config: bytes) -> None:
    """What the manifest is made of, where it is not there yet."""
    if not await registry.has_blob(name, layer.digest):
        await registry.push_blob(name, layer.digest, layer.size, in_thread(layer.chunks()))
    digest = digest_of(config)
    if not await registry.has_blob(name, digest):
        await registry.push_blob(name, digest, len(config), _once(config))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
