"""The image an artifact stands on, from an OCI layout folder or the registry: its layers are reused, not copied."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from andon.kernel.errors import Invalid
from andon.standards.oci import (
    Descriptor,
    ImageConfig,
    Manifest,
    algorithm_of,
    digest_of,
    hex_of,
    is_digest,
    is_name,
    is_tag,
    parse_config,
    parse_manifest,
)
from andon.tools.artifacts.adapters.packer_oci.layer import CHUNK_BYTES
from andon.tools.artifacts.ports import RegistryClient

LARGEST_CONFIG_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base image."""

    #: "name@sha256:…"
    reference: str
    config: ImageConfig
    layers: tuple[Descriptor, ...]
    #: folder of the OCI layout it lies in; None when it is in the registry
    layout: Path | None = None


def base_name(base: str) -> str:
    """The name in the registry that a base needs to be read from; "" when it needs none. Errors: Invalid."""
    if not base or base.startswith("/"):
        return ""
    name, reference = _split(base)
    if not is_name(name) or not (is_digest(reference) or is_tag(reference)):
        raise Invalid(
            f'"{base[:160]}" is no base image: expected NAME:TAG, NAME@sha256:… or the path of an OCI layout.'
        )
    return name


def allowed(base: str, bases: tuple[Path, ...]) -> Path:
    """The folder of an OCI layout that an operator allowed. Errors: Invalid; it does not tell what else there is."""
    folder = Path(os.path.normpath(base))
    resolved = folder.resolve()
    if any(folder.is_relative_to(one) and resolved.is_relative_to(one) for one in bases):
        return resolved
    raise Invalid(
        f'base = "{base[:160]}" is a folder of the server\'s machine that no operator has allowed. Name an image of '
        "the registry (NAME:TAG or NAME@sha256:…), or let the operator add the folder of layouts to ANDON_BASES."
    )


def read_layout(folder: Path) -> Base:
    """The one image of an OCI layout folder, as `skopeo copy … oci:FOLDER` writes it. Errors: Invalid."""
    try:
        index = parse_manifest((folder / "index.json").read_bytes())
        if len(index.manifests) != 1:
            raise Invalid(f"{folder} holds {len(index.manifests)} images; a base is one.")
        digest = index.manifests[0].digest
        manifest = parse_manifest(_blob(folder, digest))
        config = parse_config(_blob(folder, _config(manifest).digest))
    except OSError as error:
        raise Invalid(f"{folder} is no OCI layout: {error}.") from error
    return Base(reference=f"{folder.name}@{digest}", config=config, layers=manifest.layers, layout=folder)


async def read_from_registry(registry: RegistryClient, base: str) -> Base:
    """A base that the registry has. Errors: Invalid, NotFound, PortError."""
    name, reference = _split(base)
    pulled = await registry.pull_manifest(name, reference)
    manifest = parse_manifest(pulled.content)
    described = _config(manifest)
    async with registry.pull_blob(name, described.digest) as chunks:
        content = b"".join([chunk async for chunk in chunks])
    return Base(reference=f"{name}@{pulled.digest}", config=parse_config(content), layers=manifest.layers)


async def bring_layers(registry: RegistryClient, name: str, base: Base) -> None:
    """The base's layers are this artifact's too."""
    source = base.reference.partition("@")[0]
    for layer in base.layers:
        if await registry.has_blob(name, layer.digest):
            continue
        if base.layout is not None:
            await registry.push_blob(name, layer.digest, layer.size, in_thread(_read(base.layout, layer.digest)))
        elif not await registry.mount_blob(name, layer.digest, source):
            async with registry.pull_blob(source, layer.digest) as chunks:
                await registry.push_blob(name, layer.digest, layer.size, chunks)


async def in_thread(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Chunks that are read from a disk, read beside the event loop."""
    while chunk := await asyncio.to_thread(next, chunks, b""):
        yield chunk


def _split(base: str) -> tuple[str, str]:
    separator = "@" if "@" in base else ":"
    name, _, reference = base.partition(separator)
    return name, reference


def _config(manifest: Manifest) -> Descriptor:
    if manifest.config is None or manifest.config.size > LARGEST_CONFIG_BYTES:
        raise Invalid("The base is no image with a configuration; an index of several platforms cannot be a base yet.")
    return manifest.config


def _path(folder: Path, digest: str) -> Path:
    return folder / "blobs" / algorithm_of(digest) / hex_of(digest)


def _blob(folder: Path, digest: str) -> bytes:
    content = _path(folder, digest).read_bytes()
    if digest_of(content, algorithm_of(digest)) != digest:
        raise Invalid(f"{_path(folder, digest)} does not have its digest.")
    return content


def _read(folder: Path, digest: str) -> Iterator[bytes]:
    with _path(folder, digest).open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
