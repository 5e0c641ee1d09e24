"""One artifact's way: packed, pushed, attested, verified, unpacked."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.kernel.ids import ArtifactName
from andon.tools.artifacts.adapters.attestations_dsse import DsseAttestations
from andon.tools.artifacts.adapters.images_registry import RegistryImages
from andon.tools.artifacts.adapters.packer_oci import OciPacker
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer

from .conftest import PackThis, Served


@pytest.mark.anyio
async def test_what_is_packed_is_what_is_unpacked(registry: Served, tmp_path: Path) -> None:
    """A folder becomes an image with provenance, and a folder again."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "hello").write_text("hi")
    registries = registry.registries()
    attestations = DsseAttestations(Ed25519Signer.open(tmp_path / "key"))
    packed = await OciPacker(registries, attestations, builder="http://andon").pack(PackThis(folder=str(folder)))
    images = RegistryImages(tmp_path / "images", registries, attestations)
    provenance = await images.verify_provenance(ArtifactName("shop"), packed.digest)
    image = await images.fetch(ArtifactName("shop"), packed.digest)
    await registries.close()
    assert (Path(image.root) / "app" / "hello").read_text() == "hi"
    assert provenance.run == 1
    assert not image.has_base
