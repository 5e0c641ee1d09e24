"""Images of the registry as folders on this machine: every digest verified, unpacked whole or not at all."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import msgspec

from andon.kernel.errors import Invalid, PortError
from andon.kernel.ids import Actor, ArtifactName, Digest
from andon.standards.oci import LAYER_GZIP, LAYER_TAR, Descriptor, ImageConfig, parse_config, parse_manifest
from andon.tools.artifacts.adapters.images_registry.unpack import apply_layer
from andon.tools.artifacts.model.image import HOST, LABEL_BASE
from andon.tools.artifacts.model.provenance import Provenance
from andon.tools.artifacts.ports import Attestations, Registries, RegistryClient, UnpackedImage

#: who pulls: the line's own deployer
ACTOR = Actor("andon/delivery")
#: changes at every start of the machine
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
#: media types of layers, and whether they are compressed
LAYERS = {
    LAYER_TAR: False,
    LAYER_GZIP: True,
    "application/vnd.docker.image.rootfs.diff.tar": False,
    "application/vnd.docker.image.rootfs.diff.tar.gzip": True,
}


class RegistryImages:
    """The unpacked images of this machine: FOLDER/<hex of the digest>/, with rootfs/ and image.json."""

    def __init__(self, folder: Path, registries: Registries, attestations: Attestations) -> None:
        self._folder = folder
        self._registries = registries
        self._attestations = attestations
        # two environments may want the same image at once
        self._fetching: dict[Digest, asyncio.Lock] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(".*"):
            shutil.rmtree(leftover)

    async def fetch(self, name: ArtifactName, digest: Digest) -> UnpackedImage:
        """The image as files, unpacked unless it is there. Errors: NotFound, PortError."""
        place = self._folder / digest.removeprefix("sha256:")
        async with self._fetching.setdefault(digest, asyncio.Lock()):
            found = await asyncio.to_thread(_found, place)
            return found or await self._unpack(name, digest, place)

    async def verify_provenance(self, name: ArtifactName, digest: Digest) -> Provenance:
        """How the artifact was made, signed by this install. Errors: Refused (only-ci-writes), PortError."""
        return await self._attestations.verify(self._open(name), name, digest)

    def _open(self, name: ArtifactName) -> RegistryClient:
        return self._registries.open(ACTOR, f"pull:{name}")

    async def _unpack(self, name: ArtifactName, digest: Digest, place: Path) -> UnpackedImage:
        registry = self._open(name)
        pulled = await registry.pull_manifest(name, digest)
        unfinished = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder, prefix="."))
        try:
            manifest = parse_manifest(pulled.content)
            if manifest.config is None:
                raise Invalid("It is no image: it has no configuration.")
            config = parse_config(await _read(registry, name, manifest.config))
            root = unfinished / "rootfs"
            root.mkdir()
            root.chmod(0o755)
            for layer in manifest.layers:
                await _bring_layer(registry, name, layer, root)
            image = _describe(config, place / "rootfs")
            await asyncio.to_thread(_settle, unfinished, place, image)
        except Invalid as error:
            raise PortError(f"{name} {digest} cannot be unpacked: {error}", permanent=True) from error
        finally:
            await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
        return image


def _describe(config: ImageConfig, root: Path) -> UnpackedImage:
    return UnpackedImage(
        root=str(root),
        has_base=dict(config.labels).get(LABEL_BASE) != HOST,
        command=(*config.entrypoint, *config.command),
        env=config.env,
        labels=config.labels,
    )


async def _read(registry: RegistryClient, name: str, descriptor: Descriptor) -> bytes:
    async with registry.pull_blob(name, descriptor.digest) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def _bring_layer(registry: RegistryClient, name: str, layer: Descriptor, root: Path) -> None:
    """Pull a layer beside the root, and unpack it once all of it has its digest."""
    gzip = LAYERS.get(layer.media_type)
    if gzip is None:
        raise Invalid(f"Layers of type {layer.media_type} are not known here; use tar or tar+gzip.")
    archive = root.with_name("layer.tar")
    with archive.open("wb") as file:
        async with registry.pull_blob(name, layer.digest) as chunks:
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)
    await asyncio.to_thread(apply_layer, archive, root, gzip=gzip)
    await asyncio.to_thread(archive.unlink)


def _found(place: Path) -> UnpackedImage | None:
    """What was unpacked since this machine was started.

    Unpacking syncs no file, so after a power cut files may be empty that look whole: what is from an earlier start is
    unpacked again.
    """
    try:
        if (place / "boot").read_bytes() != BOOT_ID.read_bytes():
            return None
        return msgspec.json.decode((place / "image.json").read_bytes(), type=UnpackedImage)
    except (OSError, msgspec.DecodeError):
        return None


def _settle(unfinished: Path, place: Path, image: UnpackedImage) -> None:
    """Put a finished image into its place at once."""
    (unfinished / "image.json").write_bytes(msgspec.json.encode(image))
    (unfinished / "boot").write_bytes(BOOT_ID.read_bytes())
    unfinished.chmod(0o755)
    if place.exists():
        place.rename(Path(tempfile.mkdtemp(dir=place.parent, prefix=".")) / "old")
    unfinished.rename(place)
