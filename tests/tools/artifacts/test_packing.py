"""Packing as a whole: what an artifact's image says, what it stands on, and what does not go in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from andon.kernel.errors import Invalid, NotFound, PortError
from andon.kernel.ids import ArtifactName, CommitId, RunNumber, ServiceName
from andon.standards.oci import LAYER_GZIP, LAYER_TAR, digest_of, parse_config, parse_manifest
from andon.tools.artifacts.adapters.attestations_dsse import DsseAttestations
from andon.tools.artifacts.adapters.images_registry import RegistryImages
from andon.tools.artifacts.adapters.packer_oci import OciPacker
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer
from andon.tools.artifacts.ports import Packed
from andon.tools.pipelines.events import CheckSpec, ServiceSpec

from .conftest import NOW, SHOP, PackThis, Served
from .layouts import write_base
from .registry.conftest import Pusher

pytestmark = pytest.mark.anyio

SERVICE = ServiceSpec(name=ServiceName("shop"), command=("./serve",), health=CheckSpec(path="/health"))


@dataclass
class Bench:
    """A packer, a puller, and a folder to pack."""

    registry: Served
    packer: OciPacker
    images: RegistryImages
    folder: Path

    def request(self, base: str = "", **changes: object) -> PackThis:
        """Pack the folder over this base."""
        request = PackThis(folder=str(self.folder), artifact=replace(SHOP, base=base), service=SERVICE)
        return replace(request, **changes)  # type: ignore[arg-type]  # the fields' own types are checked by the dataclass

    def read(self, packed: Packed) -> tuple[dict[str, object], bytes]:
        """The image's manifest, and its configuration's bytes."""
        with self.registry.client("pull:shop") as http:
            manifest = http.get(f"/v2/shop/manifests/{packed.digest}")
            config = http.get(f"/v2/shop/blobs/{manifest.json()['config']['digest']}")
        return manifest.json(), config.content


@pytest.fixture
async def bench(registry: Served, tmp_path: Path) -> AsyncIterator[Bench]:
    """All of it, with one file to pack."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "serve").write_text("#!/bin/sh\n")
    registries = registry.registries()
    attestations = DsseAttestations(Ed25519Signer.open(tmp_path / "key"))
    images = RegistryImages(tmp_path / "images", registries, attestations)
    yield Bench(
        registry, OciPacker(registries, attestations, builder="http://andon", bases=(tmp_path,)), images, folder
    )
    await registries.close()


async def test_the_same_request_twice_is_one_artifact(bench: Bench) -> None:
    """After a crash a run packs again: same digest, same provenance."""
    assert await bench.packer.pack(bench.request()) == await bench.packer.pack(bench.request())


async def test_files_and_image_carry_the_commits_time(bench: Bench) -> None:
    """Browsers that ask by time get the new file; the same commit is the same image."""
    (bench.folder / "app.css").write_text("body {color: red}")
    first = await bench.packer.pack(bench.request())
    (bench.folder / "app.css").write_text("body {color: tan}")
    later = replace(bench.request(), committed_at=NOW + timedelta(seconds=5))
    second = await bench.packer.pack(later)
    assert await bench.packer.pack(later) == second != first
    for packed, at in ((first, NOW), (second, NOW + timedelta(seconds=5))):
        assert f'"created":"{at:%Y-%m-%dT%H:%M:%SZ}"'.encode() in bench.read(packed)[1]
        image = await bench.images.fetch(SHOP.name, packed.digest)
        assert int((Path(image.root) / "app/app.css").stat().st_mtime) == int(at.timestamp())


async def test_another_run_of_the_same_commit_makes_the_same_artifact(bench: Bench) -> None:
    """The digest is the content's; only the provenance tells the runs apart."""
    first = await bench.packer.pack(bench.request())
    again = await bench.packer.pack(bench.request(run=RunNumber(2)))
    other = await bench.packer.pack(bench.request(commit=CommitId("b" * 40)))
    assert (first.digest, first.size_bytes) == (again.digest, again.size_bytes)
    assert first.provenance != again.provenance
    assert other.digest != first.digest


async def test_an_image_without_a_base_says_so(bench: Bench) -> None:
    """It has one plain layer, and a label that it runs over the host's system."""
    packed = await bench.packer.pack(bench.request())
    manifest, content = bench.read(packed)
    config = parse_config(content)
    labels = dict(config.labels)
    assert labels["dev.andon.base"] == "host"
    assert labels["org.opencontainers.image.title"] == "shop"
    assert labels["org.opencontainers.image.revision"] == "a" * 40
    assert json.loads(labels["dev.andon.service"])["command"] == ["./serve"]
    assert (config.command, config.entrypoint, config.working_dir) == (("./serve",), (), "/app")
    assert config.created == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    (layer,) = parse_manifest(json.dumps(manifest).encode()).layers
    assert (layer.media_type, config.diff_ids) == (LAYER_TAR, (layer.digest,))
    assert packed.size_bytes == layer.size + len(content) + len(json.dumps(manifest, separators=(",", ":")))


async def test_what_is_no_service_keeps_the_bases_command(bench: Bench, tmp_path: Path) -> None:
    """Without a service there is no command of our own, and no label."""
    base = str(write_base(tmp_path / "base"))
    _, content = bench.read(await bench.packer.pack(bench.request(base, service=None)))
    config = parse_config(content)
    assert config.entrypoint == ("/bin/cat",)
    assert "dev.andon.service" not in dict(config.labels)


async def test_a_base_in_a_folder(bench: Bench, tmp_path: Path) -> None:
    """Its layers come first, as they are; its environment stays; the reference pins its digest."""
    base = write_base(tmp_path / "base")
    packed = await bench.packer.pack(bench.request(str(base)))
    manifest, content = bench.read(packed)
    layers = parse_manifest(json.dumps(manifest).encode()).layers
    config = parse_config(content)
    digest = json.loads((base / "index.json").read_text())["manifests"][0]["digest"]
    assert [layer.media_type for layer in layers] == [LAYER_GZIP, LAYER_TAR]
    assert (config.env, len(config.diff_ids)) == ((("FROM_BASE", "yes"),), 2)
    assert dict(config.labels)["dev.andon.base"] == f"base@{digest}"
    provenance = await bench.images.verify_provenance(SHOP.name, packed.digest)
    assert provenance.base == f"base@{digest}"
    image = await bench.images.fetch(SHOP.name, packed.digest)
    assert (image.has_base, image.command) == (True, ("./serve",))
    assert (Path(image.root) / "bin" / "sh").stat().st_mode & 0o111
    assert (Path(image.root) / "app" / "serve").exists()


async def test_a_base_in_the_registry_is_not_copied(bench: Bench, tmp_path: Path) -> None:
    """By tag or by digest: the layers are linked, and no byte of them is stored again."""
    packed_base = await bench.packer.pack(
        bench.request(
            str(write_base(tmp_path / "base")), artifact=replace(SHOP, name=ArtifactName("base")), service=None
        )
    )
    with bench.registry.client("push:base") as http:
        content = http.get(f"/v2/base/manifests/{packed_base.digest}").content
        assert (
            Pusher(http)
            .http.put(
                "/v2/base/manifests/1",
                content=content,
                headers={"content-type": "application/vnd.oci.image.manifest.v1+json"},
            )
            .is_success
        )
    blobs = bench.registry.folder / "blobs"
    before = {each.name for each in blobs.rglob("*") if each.is_file()}
    by_tag = await bench.packer.pack(bench.request("base:1"))
    by_digest = await bench.packer.pack(bench.request(f"base@{packed_base.digest}"))
    assert by_tag.digest == by_digest.digest
    _, content = bench.read(by_tag)
    added = {each.name for each in blobs.rglob("*") if each.is_file()} - before
    # a configuration and a statement: the same program lies in base's own layer already
    assert digest_of(content).removeprefix("sha256:") in added
    assert len(added) == 2
    assert dict(parse_config(content).labels)["dev.andon.base"] == f"base@{packed_base.digest}"


async def test_a_name_that_no_registry_takes(bench: Bench) -> None:
    """It is told before anything is read or sent."""
    with pytest.raises(Invalid, match="no name for an image"):
        await bench.packer.pack(bench.request(artifact=replace(SHOP, name=ArtifactName("my_-shop"))))


async def test_a_base_that_is_not_there(bench: Bench, tmp_path: Path) -> None:
    """Each way to have no base is told in words."""
    for base, error in (("base:1", NotFound), (str(tmp_path / "nothing"), Invalid), ("nonsense", Invalid)):
        with pytest.raises(error):
            await bench.packer.pack(bench.request(base))


async def test_a_folder_that_no_operator_allowed_is_no_base(bench: Bench, tmp_path: Path) -> None:
    """What is there and what is not gets the same answer, also by a link and by a way back."""
    elsewhere = tmp_path.parent
    (tmp_path / "link").symlink_to(elsewhere)
    paths = (elsewhere, "/etc", "/nothing/at/all", tmp_path / ".." / "x", tmp_path / "link" / "x")
    for base in map(str, paths):
        with pytest.raises(Invalid) as refused:
            await bench.packer.pack(bench.request(base))
        assert str(refused.value).replace(base, "PATH") == (
            'base = "PATH" is a folder of the server\'s machine that no operator has allowed. Name an image of the '
            "registry (NAME:TAG or NAME@sha256:…), or let the operator add the folder of layouts to ANDON_BASES."
        )


async def test_a_base_that_has_rotted_is_not_used(bench: Bench, tmp_path: Path) -> None:
    """A layer of the folder that does not have its digest is refused by the registry."""
    base = write_base(tmp_path / "base")
    layer = max((base / "blobs" / "sha256").iterdir(), key=lambda each: each.stat().st_size)
    layer.write_bytes(layer.read_bytes()[:-1] + b"x")
    with pytest.raises(PortError, match="has the digest"):
        await bench.packer.pack(bench.request(str(base)))


async def test_service_contract_survives_the_label(bench: Bench) -> None:
    """Whoever unpacks the image can read the service again, to the second."""
    service = replace(SERVICE, start_timeout=timedelta(seconds=7), config=(("A", "ü"),))
    packed = await bench.packer.pack(bench.request(service=service))
    image = await bench.images.fetch(SHOP.name, packed.digest)
    assert msgspec.json.decode(dict(image.labels)["dev.andon.service"], type=ServiceSpec) == service
