"""Artifacts through the API and in the terminal, over a real registry."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx2
import pytest
from litestar import Litestar
from litestar.di import Provide

from andon.console.session import Session
from andon.console.terminal import Terminal
from andon.kernel.errors import NotFound
from andon.kernel.ids import ServiceName, Version
from andon.testing.installation import NO_CERTIFICATES
from andon.tools.artifacts import api
from andon.tools.artifacts.adapters.attestations_dsse import DsseAttestations
from andon.tools.artifacts.adapters.packer_oci import OciPacker
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer
from andon.tools.artifacts.commands import artifacts as command
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.artifacts.inspection import RegistryInspector
from andon.tools.artifacts.ports import Packed
from andon.tools.artifacts.views import Artifacts
from andon.tools.pipelines.events import CheckSpec, ServiceSpec
from andon.web.asgi import App
from andon.web.errors import exception_handlers
from tests.serving import served

from .conftest import COMMIT, REPOSITORY, RUN, SHOP, PackThis, Served
from .test_views import envelope

pytestmark = pytest.mark.anyio

SERVICE = ServiceSpec(name=ServiceName("shop"), command=("./serve", "--all"), health=CheckSpec(path="/"))


@dataclass
class House:
    """A server's doors of artifacts, with shop 1.1 published."""

    url: str
    packed: Packed
    registry: Served

    async def get(self, path: str) -> httpx2.Response:
        """Ask the API."""
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False, verify=NO_CERTIFICATES) as http:
            return await http.get(path)

    async def say(self, *arguments: str, as_json: bool = False) -> str:
        """Run `andon artifacts`; what it prints."""
        out = io.StringIO()
        terminal = Terminal(out=out, err=out, colour=False, err_colour=False, width=120, moving=False)
        session = Session(url=self.url, find_token=lambda url: "", json=as_json, terminal=terminal)
        try:
            await asyncio.to_thread(command, *arguments, session=session)
        finally:
            session.api.close()
        return out.getvalue()


@pytest.fixture
async def house(registry: Served, tmp_path: Path) -> AsyncIterator[House]:
    """One artifact, packed and published."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "serve").write_text("#!/bin/sh\n")
    registries = registry.registries()
    attestations = DsseAttestations(Ed25519Signer.open(tmp_path / "key"))
    packer = OciPacker(registries, attestations, builder="http://andon")
    packed = await packer.pack(PackThis(folder=str(tmp_path / "dist"), service=SERVICE))
    view = Artifacts()
    published = ArtifactPublished(
        name=SHOP.name,
        version=Version("1.1"),
        digest=packed.digest,
        size_bytes=packed.size_bytes,
        repository=REPOSITORY,
        commit=COMMIT,
        run=RUN,
        provenance=packed.provenance,
        service=SERVICE.name,
    )
    view.apply(envelope(published, 7))
    dependencies = {
        "artifacts": Provide(lambda: view, sync_to_thread=False),
        "inspector": Provide(lambda: RegistryInspector(registries, attestations), sync_to_thread=False),
    }
    app = Litestar(
        api.HANDLERS, dependencies=dependencies, exception_handlers=exception_handlers(), openapi_config=None
    )
    async with served(cast(App, app)) as url:
        yield House(url=url, packed=packed, registry=registry)
    await registries.close()


async def test_lists(house: House) -> None:
    """The newest of each, and the versions of one."""
    newest = (await house.get("/api/v1/artifacts")).json()
    assert newest == (await house.get("/api/v1/artifacts/shop")).json()
    assert (newest[0]["name"], newest[0]["version"], newest[0]["digest"]) == ("shop", "1.1", house.packed.digest)
    assert (await house.get("/api/v1/artifacts/nothing")).status_code == 404


async def test_one_version(house: House) -> None:
    """Layers, how it runs, and the proof; by version and by digest alike."""
    details = (await house.get("/api/v1/artifacts/shop/1.1")).json()
    assert details == (await house.get(f"/api/v1/artifacts/shop/{house.packed.digest}")).json()
    assert (details["problem"], details["provenance"]["commit"]) == ("", COMMIT)
    assert [layer["media_type"] for layer in details["layers"]] == ["application/vnd.oci.image.layer.v1.tar"]
    assert details["config"]["command"] == ["./serve", "--all"]
    assert json.loads(details["config"]["labels"]["dev.andon.service"])["health"]["path"] == "/"


async def test_in_the_terminal(house: House) -> None:
    """A table, one version in words, and JSON for programs."""
    table = await house.say()
    assert "shop" in table
    assert f"shop@{COMMIT[:7]}" in table
    words = await house.say("shop", "1.1")
    assert "runs        ./serve --all" in words
    assert "provenance  ✓ signed by this install" in words
    assert "base        none" in words
    assert json.loads(await house.say("shop", as_json=True))[0]["version"] == "1.1"
    with pytest.raises(NotFound):
        await house.say("nothing")


async def test_what_the_registry_has_lost_is_said(house: House) -> None:
    """The version is known, and what cannot be seen of it is told."""
    for file in (house.registry.folder / "blobs").rglob("*"):
        if file.is_file():
            file.unlink()
    details = (await house.get("/api/v1/artifacts/shop/1.1")).json()
    assert details["version"]["version"] == "1.1"
    assert "no blob" in details["problem"]
    assert "✗" in await house.say("shop", "1.1")
