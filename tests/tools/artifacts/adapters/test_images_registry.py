"""Unpacking images: whole or not at all, nothing outside of the folder, every digest verified."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import tarfile
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from andon.kernel.errors import NotFound, PortError
from andon.kernel.ids import ArtifactName, Digest
from andon.standards.oci import (
    CONFIG,
    LAYER_GZIP,
    LAYER_TAR,
    MANIFEST,
    Descriptor,
    ImageConfig,
    Manifest,
    digest_of,
    print_config,
    print_manifest,
)
from andon.tools.artifacts.adapters.attestations_dsse import DsseAttestations
from andon.tools.artifacts.adapters.images_registry import RegistryImages
from andon.tools.artifacts.adapters.images_registry.unpack import apply_layer
from andon.tools.artifacts.adapters.registry_http import HttpRegistries
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer

from ..conftest import Served
from ..registry.conftest import Pusher

SHOP = ArtifactName("shop")
Member = tuple[str, bytes, bytes | str]
FILE, FOLDER, LINK, HARD, DEVICE = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE


def tar(*members: Member, mode: int = 0o755) -> bytes:
    """A layer of (name, type, content or target)."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as out:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, mode
            if isinstance(content, str):
                info.linkname = content
            info.size = len(content) if isinstance(content, bytes) and kind == FILE else 0
            out.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return archive.getvalue()


def unpack(folder: Path, *layers: bytes) -> Path:
    """Apply layers to a new root below the folder; the root."""
    root = folder / "rootfs"
    root.mkdir()
    for layer in layers:
        (folder / "layer.tar").write_bytes(layer)
        apply_layer(folder / "layer.tar", root, gzip=layer[:2] == b"\x1f\x8b")
    return root


def paths(root: Path) -> list[str]:
    """Everything below the root."""
    return sorted(str(each.relative_to(root)) for each in root.rglob("*"))


def test_layers_lie_over_each_other(tmp_path: Path) -> None:
    """A later layer adds and replaces; compressed or not."""
    low = tar(("etc/", FOLDER, b""), ("etc/name", FILE, b"low"), ("etc/keep", FILE, b"kept"))
    high = gzip.compress(tar(("./etc/name", FILE, b"high"), ("/new/deep", FILE, b"new")))
    root = unpack(tmp_path, low, high)
    assert (root / "etc/name").read_text() == "high"
    assert paths(root) == ["etc", "etc/keep", "etc/name", "new", "new/deep"]


def test_whiteouts_delete_what_is_below(tmp_path: Path) -> None:
    """One name, or all that lower layers had in a folder; never what the layer itself brings."""
    low = tar(("a/one", FILE, b""), ("a/two/x", FILE, b""), ("b/old", FILE, b""), ("b/sub/old", FILE, b""))
    high = tar(
        ("a/.wh.two", FILE, b""),
        ("a/.wh.never", FILE, b""),
        ("b/sub/new", FILE, b""),
        ("b/.wh..wh..opq", FILE, b""),
        ("b/new", FILE, b""),
    )
    assert paths(unpack(tmp_path, low, high)) == ["a", "a/one", "b", "b/new", "b/sub", "b/sub/new"]


def test_kinds_may_change(tmp_path: Path) -> None:
    """A file replaces a folder, a folder a file, a link anything."""
    low = tar(("a/x", FILE, b""), ("b", FILE, b""), ("c/x", FILE, b""))
    high = tar(("a", FILE, b"file"), ("b/", FOLDER, b""), ("c", LINK, "a"))
    root = unpack(tmp_path, low, high)
    assert ((root / "a").read_text(), (root / "b").is_dir(), str((root / "c").readlink())) == ("file", True, "a")


@pytest.mark.parametrize(
    "members",
    [
        [("../out", FILE, b"x")],
        [("a/../../out", FILE, b"x")],
        [("a", FILE, b"x"), ("b", HARD, "../../out")],
        [(".wh...", FILE, b"")],
        [(".wh.", FILE, b"")],
        [("a", LINK, "a"), ("a/b", FILE, b"")],
        [("b", HARD, "absent")],
        [("l", LINK, "/etc/passwd"), ("b", HARD, "l")],
        [("a", FILE, b"x"), ("a/b", FILE, b"")],
    ],
)
def test_what_leads_out_is_refused(tmp_path: Path, members: Iterable[Member]) -> None:
    """Paths that climb, circles, and links to nothing are told, for good."""
    (tmp_path / "out").write_text("untouched")
    with pytest.raises(PortError) as failed:
        unpack(tmp_path, tar(*members))
    assert failed.value.permanent
    assert (tmp_path / "out").read_text() == "untouched"


@pytest.mark.parametrize("target", ["/", "/etc", "../../../..", "../out", "/proc/self/root"])
def test_links_are_followed_inside_only(tmp_path: Path, target: str) -> None:
    """A link to anywhere is kept, but what is written through it stays in the image."""
    (tmp_path / "out").mkdir()
    before = sorted(Path("/").iterdir())
    root = unpack(tmp_path, tar(("link", LINK, target)), tar(("link/andon-test-file", FILE, b"inside")))
    assert str((root / "link").readlink()) == target
    assert list(root.rglob("andon-test-file"))
    assert sorted(Path("/").iterdir()) == before
    assert not list((tmp_path / "out").iterdir())


def test_no_devices_and_no_special_bits(tmp_path: Path) -> None:
    """Devices are left out; set-uid is taken away; folders can be entered by their owner."""
    root = unpack(tmp_path, tar(("dev/null", DEVICE, b""), ("su", FILE, b"x"), ("d/", FOLDER, b""), mode=0o6055))
    assert paths(root) == ["d", "dev", "su"]
    assert oct((root / "su").stat().st_mode & 0o7777) == "0o55"
    assert oct((root / "d").stat().st_mode & 0o7777) == "0o755"


@pytest.mark.parametrize(
    "layer",
    [b"no tar at all" * 100, gzip.compress(tar(("a", FILE, b"x" * 9000)), mtime=0)[:-60], b"\x1f\x8bxx"],
    ids=["no tar", "cut off", "no gzip"],
)
def test_broken_layers_are_told(tmp_path: Path, layer: bytes) -> None:
    """What cannot be unpacked never will be."""
    with pytest.raises(PortError, match="cannot be unpacked"):
        unpack(tmp_path, layer)


@pytest.fixture
def pusher(registry: Served) -> Pusher:
    """Someone who may push shop."""
    return Pusher(registry.client("push:shop"))


@pytest.fixture
async def images(registry: Served, pusher: Pusher, tmp_path: Path) -> AsyncIterator[RegistryImages]:
    """The images of this machine."""
    registries: HttpRegistries = registry.registries()
    signer = Ed25519Signer.open(tmp_path / "key")
    yield RegistryImages(tmp_path / "images", registries, DsseAttestations(signer))
    await registries.close()
    pusher.http.close()


def push(pusher: Pusher, layer: bytes, media_type: str = LAYER_TAR) -> Digest:
    """Push an image of one layer; its digest."""
    config = print_config(
        ImageConfig(entrypoint=("/bin/env",), command=("x",), env=(("A", "1"),), labels=(("l", "v"),))
    )
    content = print_manifest(
        Manifest(
            media_type=MANIFEST,
            config=Descriptor(media_type=CONFIG, digest=pusher.blob(config), size=len(config)),
            layers=(Descriptor(media_type=media_type, digest=pusher.blob(layer), size=len(layer)),),
        )
    )
    assert pusher.manifest(content).status_code == 201
    return Digest(digest_of(content))


@pytest.mark.anyio
async def test_an_image_is_fetched_once(images: RegistryImages, pusher: Pusher, registry: Served) -> None:
    """Two who want it at once get the same folder; later nothing is asked of the registry any more."""
    digest = push(pusher, gzip.compress(tar(("app/x", FILE, b"x"))), LAYER_GZIP)
    one, two = await asyncio.gather(images.fetch(SHOP, digest), images.fetch(SHOP, digest))
    assert one == two
    assert (one.command, one.env, one.labels, one.has_base) == (("/bin/env", "x"), (("A", "1"),), (("l", "v"),), True)
    assert Path(one.root).parent.name == digest.removeprefix("sha256:")
    for file in (registry.folder / "blobs").rglob("*"):
        if file.is_file():
            file.unlink()
    assert await images.fetch(SHOP, digest) == one
    assert (Path(one.root) / "app/x").read_text() == "x"


@pytest.mark.anyio
async def test_an_image_from_before_the_last_boot_is_unpacked_again(images: RegistryImages, pusher: Pusher) -> None:
    """Nothing was synced: after a power cut its files may be empty."""
    digest = push(pusher, tar(("app/x", FILE, b"x")))
    root = Path((await images.fetch(SHOP, digest)).root)
    (root / "app/x").write_text("")
    (root.parent / "boot").write_text("another boot")
    assert (await images.fetch(SHOP, digest)).root == str(root)
    assert (root / "app/x").read_text() == "x"


@pytest.mark.anyio
async def test_a_failed_fetch_leaves_nothing(images: RegistryImages, pusher: Pusher, tmp_path: Path) -> None:
    """Half an image is never seen, and the next try begins anew."""
    broken = push(pusher, b"no tar")
    unknown = push(pusher, tar(("app/x", FILE, b"")), "application/vnd.oci.image.layer.v1.tar+zstd")
    for digest, reason in ((broken, "cannot be unpacked"), (unknown, "not known here")):
        with pytest.raises(PortError, match=reason) as failed:
            await images.fetch(SHOP, digest)
        assert failed.value.permanent
    with pytest.raises(NotFound):
        await images.fetch(SHOP, Digest(digest_of(b"absent")))
    assert not list((tmp_path / "images").iterdir())


@pytest.mark.anyio
async def test_a_rotten_layer_is_not_unpacked(images: RegistryImages, pusher: Pusher, registry: Served) -> None:
    """The registry serves none, and the failure may pass when it is pushed again."""
    layer = tar(("app/x", FILE, os.urandom(3_000_000)))
    digest = push(pusher, layer)
    file = registry.storage.content.path(digest_of(layer))
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(PortError) as failed:
        await images.fetch(SHOP, digest)
    assert not failed.value.permanent


def test_leftovers_of_a_killed_server_go_at_the_next_start(registry: Served, tmp_path: Path) -> None:
    """What was being unpacked has no name yet, so it can be told from what is finished."""
    (tmp_path / "images" / ".half" / "rootfs").mkdir(parents=True)
    (tmp_path / "images" / ("1" * 64)).mkdir()
    registries = registry.registries()
    RegistryImages(tmp_path / "images", registries, DsseAttestations(Ed25519Signer.open(tmp_path / "key")))
    assert [each.name for each in (tmp_path / "images").iterdir()] == ["1" * 64]
    asyncio.run(registries.close())
