"""What artifacts works with on this machine; the only module of it that names its adapters."""

from __future__ import annotations

from pathlib import Path

from andon.machine.disk import Reserve
from andon.tools.artifacts.adapters.images_registry import RegistryImages
from andon.tools.artifacts.adapters.packer_oci import OciPacker
from andon.tools.artifacts.adapters.registry_http import HttpRegistries, Minted
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer
from andon.tools.artifacts.adapters.tokens_jwt import JwtTokens
from andon.tools.artifacts.ports import Attestations, Registries
from andon.tools.artifacts.registry import RegistryStorage


def signer(data: Path) -> Ed25519Signer:
    """The key of this install."""
    return Ed25519Signer.open(data / "keys" / "signing")


def registry_storage(data: Path, reserve: Reserve) -> RegistryStorage:
    """Where the registry keeps its content."""
    return RegistryStorage(data / "registry", reserve=reserve)


def registries(own_url: str, registry_tokens: JwtTokens) -> HttpRegistries:
    """The registry as its own clients see it."""
    return HttpRegistries(own_url, Minted(registry_tokens))


def registry_images(data: Path, registries: Registries, attestations: Attestations) -> RegistryImages:
    """Images of the registry, unpacked."""
    return RegistryImages(data / "images", registries, attestations)


def oci_packer(registries: Registries, attestations: Attestations, url: str, bases: tuple[Path, ...]) -> OciPacker:
    """What makes an image of a folder."""
    return OciPacker(registries, attestations, builder=url, bases=bases)
