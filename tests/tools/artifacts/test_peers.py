"""Real peers: skopeo, podman and oras push to the registry, pull from it, and run what was packed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import oras.client  # type: ignore[import-untyped]  # it has no types
import pytest

from andon.kernel.ids import ServiceName
from andon.tools.artifacts.adapters.attestations_dsse import DsseAttestations
from andon.tools.artifacts.adapters.packer_oci import OciPacker
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer
from andon.tools.artifacts.ports import Packed
from andon.tools.pipelines.events import CheckSpec, ServiceSpec

from .conftest import SHOP, PackThis, Served
from .layouts import write_base

#: what podman needs where it may not raise limits or use control groups of its own
CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
#: the other runtime refuses machines with both kinds of control groups
RUNC = 'runtime = "runc"\n'
SERVICE = ServiceSpec(
    name=ServiceName("shop"),
    command=("/bin/sh", "-c", 'cat /app/greeting; echo " $PWD $FROM_BASE"'),
    health=CheckSpec(path="/health"),
    start_timeout=timedelta(seconds=30),
)


def call(*command: str, env: dict[str, str] | None = None) -> str:
    """Run a program of this machine; what it says."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pack(registry: Served, folder: Path, base: str) -> Packed:
    """Pack a greeting over a base, as run 1 would."""
    (folder / "dist").mkdir()
    (folder / "dist" / "greeting").write_text("hello")
    request = PackThis(folder=str(folder / "dist"), artifact=replace(SHOP, base=base), service=SERVICE)

    async def packed() -> Packed:
        registries = registry.registries()
        attestations = DsseAttestations(Ed25519Signer.open(folder / "key"))
        try:
            return await OciPacker(registries, attestations, builder=registry.url, bases=(folder,)).pack(request)
        finally:
            await registries.close()

    return asyncio.run(packed())


@pytest.fixture
def base(tmp_path: Path) -> str:
    """A base image in a folder of this machine."""
    return str(write_base(tmp_path / "base"))


needs_skopeo = pytest.mark.skipif(shutil.which("skopeo") is None, reason="LOUD: skopeo is not installed")


@needs_skopeo
@pytest.mark.skopeo
def test_skopeo_copies_inspects_and_lists(registry: Served, base: str, tmp_path: Path) -> None:
    """skopeo pushes a base, the packer stands on it, and skopeo finds what was packed."""
    creds = f"anyone:{registry.token('push:base push:shop')}"
    image = f"docker://{registry.host}/base:1"
    call("skopeo", "copy", "--dest-tls-verify=false", "--dest-creds", creds, f"oci:{base}", image)
    packed = pack(registry, tmp_path, "base:1")
    with registry.client("push:shop") as http:
        content = http.get(f"/v2/shop/manifests/{packed.digest}")
        http.put(
            "/v2/shop/manifests/1.1", content=content.content, headers={"content-type": content.headers["content-type"]}
        )
    pull = f"anyone:{registry.token('pull:*')}"
    shop = f"docker://{registry.host}/shop"
    seen = json.loads(call("skopeo", "inspect", "--tls-verify=false", "--creds", pull, f"{shop}:1.1"))
    assert (seen["Digest"], seen["RepoTags"]) == (packed.digest, ["1.1"])
    assert seen["Labels"]["dev.andon.base"].startswith("base@sha256:")
    assert json.loads(seen["Labels"]["dev.andon.service"])["name"] == "shop"
    tags = json.loads(call("skopeo", "list-tags", "--tls-verify=false", "--creds", pull, shop))
    assert tags["Tags"] == ["1.1"]
    target = tmp_path / "copied"
    source = ["--src-tls-verify=false", "--src-creds", pull, f"{shop}@{packed.digest}"]
    # without --preserve-digests skopeo compresses the layer on the way
    call("skopeo", "copy", "--preserve-digests", *source, f"oci:{target}:x")
    (copied,) = json.loads((target / "index.json").read_text())["manifests"]
    assert copied["digest"] == packed.digest


@needs_skopeo
@pytest.mark.skopeo
def test_skopeo_may_not_push_with_a_deployers_token(registry: Served, base: str) -> None:
    """The refusal reaches the person at the other end, and the ledger."""
    creds = f"anyone:{registry.token('pull:*', actor='andon/delivery')}"
    target = f"docker://{registry.host}/shop:1"
    command = ["skopeo", "copy", "--dest-tls-verify=false", "--dest-creds", creds, f"oci:{base}", target]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode != 0
    assert "denied" in done.stderr.lower()
    assert registry.refusals.seen[0][:3] == ("andon/delivery", "push shop", "only-ci-writes")


@pytest.fixture
def podman(tmp_path: Path) -> Iterator[list[str]]:
    """podman with a storage of its own; skips where it cannot work."""
    if shutil.which("podman") is None:
        pytest.skip("LOUD: podman is not installed")
    (tmp_path / "containers.conf").write_text(CONTAINERS_CONF + (RUNC if shutil.which("runc") else ""))
    # podman wants a short path, and mounts nothing with this driver
    with tempfile.TemporaryDirectory(prefix="pm-") as short:
        folders = ["--root", f"{short}/root", "--runroot", f"{short}/run", "--storage-driver", "vfs"]
        command = ["env", f"CONTAINERS_CONF={tmp_path / 'containers.conf'}", "podman", *folders]
        tried = subprocess.run([*command, "info"], capture_output=True, text=True, timeout=60, check=False)
        if tried.returncode != 0:
            pytest.skip(f"LOUD: podman does not work here: {tried.stderr.strip()[-200:]}")
        yield command


@pytest.mark.podman
def test_podman_runs_what_was_packed(registry: Served, podman: list[str], base: str, tmp_path: Path) -> None:
    """An artifact with a base runs in podman as it is: command, folder and the base's environment."""
    packed = pack(registry, tmp_path, base)
    image = f"{registry.host}/shop@{packed.digest}"
    auth = tmp_path / "auth.json"
    login = ["login", "--tls-verify=false", "--authfile", str(auth), "-u", "anyone", "--password-stdin", registry.host]
    subprocess.run([*podman, *login], input=registry.token("pull:shop"), text=True, timeout=60, check=True)
    call(*podman, "pull", "--quiet", "--tls-verify=false", "--authfile", str(auth), image)
    try:
        said = call(*podman, "run", "--rm", "--network=none", image)
    finally:
        call(*podman, "rmi", "--force", image)
    assert said == "hello /app yes\n"


@pytest.mark.podman
def test_podman_pushes(registry: Served, podman: list[str], base: str, tmp_path: Path) -> None:
    """What podman pushes with a run's token can be pulled."""
    call(*podman, "pull", "--quiet", f"oci:{base}")
    name = call(*podman, "images", "--quiet").split()[0]
    creds = f"anyone:{registry.token('push:team/app')}"
    call(*podman, "push", "--tls-verify=false", "--creds", creds, name, f"{registry.host}/team/app:1")
    with registry.client("pull:team/app") as http:
        assert http.get("/v2/team/app/tags/list").json()["tags"] == ["1"]


def test_oras_round_trip(registry: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """oras pushes a file and pulls it again."""
    monkeypatch.setenv("HOME", str(tmp_path))
    content = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(content)
    client = oras.client.OrasClient(hostname=registry.host, insecure=True, auth_backend="basic")
    client.login(username="anyone", password=registry.token("push:files"), hostname=registry.host)
    target = f"{registry.host}/files:1"
    client.push(target=target, files=[str(tmp_path / "file")], disable_path_validation=True)
    (pulled,) = client.pull(target=target, outdir=str(tmp_path / "out"))
    assert Path(pulled).read_bytes() == content
