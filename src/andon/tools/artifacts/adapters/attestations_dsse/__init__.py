"""Provenance as a signed in-toto statement: an OCI referrer of its artifact, verified before a deployment."""

from __future__ import annotations

from collections.abc import AsyncIterator

from andon.kernel.errors import Invalid, Refused
from andon.kernel.ids import ArtifactName, Digest, short
from andon.standards.dsse import DsseEnvelope, Signature, parse_envelope, print_envelope, signed_bytes
from andon.standards.intoto import MEDIA_TYPE, SLSA_PROVENANCE, parse_provenance, print_provenance
from andon.standards.oci import (
    EMPTY,
    EMPTY_CONTENT,
    MANIFEST,
    Descriptor,
    Manifest,
    digest_of,
    parse_manifest,
    print_manifest,
)
from andon.tools.artifacts.model.grant import RULE_ONLY_CI_WRITES
from andon.tools.artifacts.model.provenance import Provenance, from_statement, to_statement
from andon.tools.artifacts.ports import RegistryClient, Signer

DSSE = "application/vnd.dsse.envelope.v1+json"
#: an envelope of ours has about 2 KB
LONGEST_ENVELOPE_BYTES = 1024 * 1024


class DsseAttestations:
    """Attaches and verifies provenance with the install's key."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    async def attach(self, registry: RegistryClient, provenance: Provenance, manifest: Descriptor) -> Digest:
        """Sign the provenance and attach it to its artifact's manifest; doing it twice attaches it once."""
        envelope = self._sign(print_provenance(to_statement(provenance)))
        config = Descriptor(media_type=EMPTY, digest=digest_of(EMPTY_CONTENT), size=len(EMPTY_CONTENT))
        layer = Descriptor(media_type=DSSE, digest=digest_of(envelope), size=len(envelope))
        referrer = print_manifest(
            Manifest(
                media_type=MANIFEST,
                config=config,
                layers=(layer,),
                subject=manifest,
                artifact_type=MEDIA_TYPE,
                annotations=(("in-toto.io/predicate-type", SLSA_PROVENANCE),),
            )
        )
        name = provenance.artifact
        for part, content in ((config, EMPTY_CONTENT), (layer, envelope)):
            if not await registry.has_blob(name, part.digest):
                await registry.push_blob(name, part.digest, part.size, _once(content))
        digest = Digest(digest_of(referrer))
        await registry.push_manifest(name, digest, MANIFEST, referrer)
        return digest

    async def verify(self, registry: RegistryClient, name: ArtifactName, digest: Digest) -> Provenance:
        """The artifact's provenance, signed by this install and about this very digest. Errors: Refused."""
        reasons = []
        for referrer in await registry.referrers(name, digest, MEDIA_TYPE):
            try:
                return await self._verified(registry, name, digest, referrer)
            except Invalid as error:
                reasons.append(str(error))
        found = " ".join(reasons) or "It has none."
        raise Refused(
            RULE_ONLY_CI_WRITES,
            f"{name} {short(digest)} has no provenance that this install has signed. {found}",
            "Deploy a version that a run here has made, or run its pipeline again: push a new commit.",
        )

    async def _verified(
        self, registry: RegistryClient, name: ArtifactName, digest: Digest, referrer: Descriptor
    ) -> Provenance:
        manifest = parse_manifest((await registry.pull_manifest(name, referrer.digest)).content)
        if len(manifest.layers) != 1 or manifest.layers[0].size > LONGEST_ENVELOPE_BYTES:
            raise Invalid("An attachment is no signed statement.")
        async with registry.pull_blob(name, manifest.layers[0].digest) as chunks:
            envelope = parse_envelope(b"".join([chunk async for chunk in chunks]))
        message = signed_bytes(envelope.payload_type, envelope.payload)
        if not any(self._signer.verify(message, each.signature) for each in envelope.signatures):
            raise Invalid("A statement was signed by somebody else.")
        provenance = from_statement(parse_provenance(envelope.payload))
        if envelope.payload_type != MEDIA_TYPE or (provenance.artifact, provenance.digest) != (name, digest):
            raise Invalid("A statement is about another artifact.")
        return provenance

    def _sign(self, payload: bytes) -> bytes:
        signature = self._signer.sign(signed_bytes(MEDIA_TYPE, payload))
        signed = Signature(key_id=self._signer.key_id, signature=signature)
        return print_envelope(DsseEnvelope(payload_type=MEDIA_TYPE, payload=payload, signatures=(signed,)))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
