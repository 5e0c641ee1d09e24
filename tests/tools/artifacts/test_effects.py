"""Versions get their tags."""

from __future__ import annotations

import pytest

from andon.kernel.decider import Command
from andon.kernel.errors import NotFound, PortError
from andon.kernel.ids import ArtifactName, Digest, Version
from andon.standards.oci import digest_of
from andon.tools.artifacts.effects import performers
from andon.tools.artifacts.model.artifact import Artifact, ReportVersionTagged, TagVersion

from .conftest import Served
from .registry.conftest import Pusher


async def perform(registry: Served, digest: str) -> list[Command[Artifact]]:
    """Tag the digest as 1.1; what was reported."""
    told: list[Command[Artifact]] = []

    async def tell(command: Command[Artifact]) -> None:
        told.append(command)

    registries = registry.registries()
    wish = TagVersion(name=ArtifactName("shop"), version=Version("1.1"), digest=Digest(digest))
    try:
        await performers(registries)[TagVersion](wish, tell)
    finally:
        await registries.close()
    return told


@pytest.mark.anyio
async def test_a_version_is_a_tag_twice_is_once(registry: Served) -> None:
    """The tag names the digest; doing it again changes nothing."""
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        content = pusher.image()
        pusher.manifest(content)
        for _ in range(2):
            (report,) = await perform(registry, digest_of(content))
            assert isinstance(report, ReportVersionTagged)
            assert report.key == "tag/shop:1.1"
            assert str(report.digest) == digest_of(content)
        assert http.get("/v2/shop/manifests/1.1").content == content


@pytest.mark.anyio
async def test_a_tag_that_names_another_digest_fails_for_good(registry: Served) -> None:
    """Trying again would not help, and the error says why."""
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        pusher.manifest(pusher.image(b"one"), "1.1")
        other = pusher.image(b"two")
        pusher.manifest(other)
    with pytest.raises(PortError, match="a tag never moves") as failed:
        await perform(registry, digest_of(other))
    assert failed.value.permanent


@pytest.mark.anyio
async def test_a_digest_that_is_not_there_cannot_be_tagged(registry: Served) -> None:
    """What was lost is told."""
    with pytest.raises(NotFound):
        await perform(registry, digest_of(b"absent"))
