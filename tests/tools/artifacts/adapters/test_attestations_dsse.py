"""Signed provenance: attached once, verified by ourselves and by securesystemslib, refused when anything is wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope as OracleEnvelope
from securesystemslib.signer._key import SSlibKey

from andon.kernel.errors import Refused
from andon.kernel.ids import Actor, ArtifactName, Digest
from andon.standards.intoto import MEDIA_TYPE
from andon.standards.oci import MANIFEST, Descriptor, digest_of
from andon.tools.artifacts.adapters.attestations_dsse import DsseAttestations
from andon.tools.artifacts.adapters.registry_http import HttpRegistry
from andon.tools.artifacts.adapters.signer_ed25519 import Ed25519Signer

from ..conftest import Served
from ..model.test_provenance import PROVENANCE
from ..registry.conftest import Pusher

SHOP = ArtifactName("shop")


@pytest.fixture
def signer(tmp_path: Path) -> Ed25519Signer:
    """The install's key."""
    return Ed25519Signer.open(tmp_path / "keys" / "provenance")


@pytest.fixture
async def client(registry: Served) -> AsyncIterator[HttpRegistry]:
    """The registry as a run may use it."""
    registries = registry.registries()
    yield registries.open(Actor("run/815"), "push:shop")
    await registries.close()


@pytest.fixture
def image(registry: Served) -> Descriptor:
    """An artifact in the registry."""
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        content = pusher.image()
        pusher.manifest(content)
    return Descriptor(media_type=MANIFEST, digest=digest_of(content), size=len(content))


@pytest.mark.anyio
async def test_what_was_attached_is_verified(client: HttpRegistry, image: Descriptor, signer: Ed25519Signer) -> None:
    """The statement comes back whole; attaching it twice attaches it once."""
    attestations = DsseAttestations(signer)
    provenance = replace(PROVENANCE, digest=Digest(image.digest))
    attached = await attestations.attach(client, provenance, image)
    assert await attestations.attach(client, provenance, image) == attached
    assert await attestations.verify(client, SHOP, Digest(image.digest)) == provenance
    (referrer,) = await client.referrers(SHOP, image.digest, MEDIA_TYPE)
    assert referrer.digest == attached


@pytest.mark.anyio
async def test_securesystemslib_agrees(client: HttpRegistry, image: Descriptor, signer: Ed25519Signer) -> None:
    """Somebody else's implementation accepts the signature, and finds a changed payload."""
    attached = await DsseAttestations(signer).attach(client, replace(PROVENANCE, digest=Digest(image.digest)), image)
    manifest = json.loads((await client.pull_manifest(SHOP, attached)).content)
    async with client.pull_blob(SHOP, manifest["layers"][0]["digest"]) as chunks:
        envelope = json.loads(b"".join([chunk async for chunk in chunks]))
    key = SSlibKey(signer.key_id, "ed25519", "ed25519", {"public": signer.public_bytes.hex()})
    # securesystemslib finds signatures by the key's id
    oracle = OracleEnvelope.from_dict(envelope)
    assert list(oracle.verify([key], 1)) == [signer.key_id]
    statement = json.loads(oracle.payload)
    assert statement["subject"] == [{"name": "shop", "digest": {"sha256": image.digest.removeprefix("sha256:")}}]
    oracle.payload += b" "
    with pytest.raises(Exception, match="threshold"):
        oracle.verify([key], 1)


@pytest.mark.anyio
async def test_an_artifact_without_provenance_is_refused(
    client: HttpRegistry, image: Descriptor, signer: Ed25519Signer
) -> None:
    """What no run has made is not deployed; the refusal names the rule."""
    with pytest.raises(Refused, match="It has none") as refused:
        await DsseAttestations(signer).verify(client, SHOP, Digest(image.digest))
    assert refused.value.rule == "only-ci-writes"


@pytest.mark.anyio
async def test_anothers_signature_is_refused(
    client: HttpRegistry, image: Descriptor, signer: Ed25519Signer, tmp_path: Path
) -> None:
    """A statement that another install has signed says nothing here; beside it ours counts."""
    provenance = replace(PROVENANCE, digest=Digest(image.digest))
    stranger = DsseAttestations(Ed25519Signer.open(tmp_path / "stranger"))
    await stranger.attach(client, provenance, image)
    with pytest.raises(Refused, match="signed by somebody else"):
        await DsseAttestations(signer).verify(client, SHOP, Digest(image.digest))
    await DsseAttestations(signer).attach(client, provenance, image)
    assert await DsseAttestations(signer).verify(client, SHOP, Digest(image.digest)) == provenance


@pytest.mark.anyio
async def test_a_statement_about_something_else_is_refused(
    client: HttpRegistry, image: Descriptor, signer: Ed25519Signer
) -> None:
    """A good signature over another artifact's statement is no provenance of this one."""
    attestations = DsseAttestations(signer)
    await attestations.attach(client, PROVENANCE, image)
    assert PROVENANCE.digest != image.digest
    with pytest.raises(Refused, match="about another artifact"):
        await attestations.verify(client, SHOP, Digest(image.digest))


@pytest.mark.anyio
async def test_an_attachment_that_is_no_statement_is_refused(
    registry: Served, client: HttpRegistry, image: Descriptor, signer: Ed25519Signer
) -> None:
    """Anybody's bytes with the right type are looked at and found to be nothing."""
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        pusher.manifest(pusher.image(b"{}", image, MEDIA_TYPE))
        pusher.manifest(pusher.image(b"nonsense", image, MEDIA_TYPE))
    with pytest.raises(Refused, match="envelope"):
        await DsseAttestations(signer).verify(client, SHOP, Digest(image.digest))


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """The file has the key, nobody else may read it, and it stays."""
    file = tmp_path / "keys" / "provenance"
    first = Ed25519Signer.open(file)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert Ed25519Signer.open(file).key_id == first.key_id
