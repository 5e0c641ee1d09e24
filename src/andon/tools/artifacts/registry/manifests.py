"""Manifests: checked before they are kept, served with their digest, tagged once."""

from __future__ import annotations

from andon.kernel.errors import Invalid
from andon.standards.oci import (
    MANIFEST_LIMIT_BYTES,
    Manifest,
    algorithm_of,
    digest_of,
    effective_artifact_type,
    is_tag,
    parse_manifest,
)
from andon.tools.artifacts.registry.call import Call, parse_digest
from andon.tools.artifacts.registry.complaints import (
    Complaint,
    content_corrupt,
    deletes_are_off,
    digest_invalid,
    manifest_invalid,
    manifest_unknown,
    tag_is_taken,
)
from andon.tools.artifacts.registry.storage.content import Corrupt
from andon.tools.artifacts.registry.storage.manifests import Kept, TagIsTaken


async def put(call: Call) -> None:
    """PUT /v2/NAME/manifests/REFERENCE: keep a manifest under its digest, and under a tag."""
    content = await call.exchange.whole_body(MANIFEST_LIMIT_BYTES)
    digest = _digest(call.reference, content)
    tags = _tags(call)
    manifest = _parse(content)
    media_type = _media_type(call, manifest)
    await _check_parts(call, manifest)
    kept = Kept(
        name=call.name,
        digest=digest,
        media_type=media_type,
        content=content,
        subject=manifest.subject.digest if manifest.subject else None,
        artifact_type=effective_artifact_type(manifest),
        annotations=manifest.annotations,
    )
    try:
        await call.storage.run(lambda: call.storage.manifests.keep(kept, tags))
    except TagIsTaken as taken:
        raise tag_is_taken(call.name, taken.tag, taken.digest) from None
    headers = {"location": f"/v2/{call.name}/manifests/{digest}", "docker-content-digest": digest}
    if kept.subject is not None:
        headers["oci-subject"] = kept.subject
    await call.exchange.reply(201, headers, repeated=[("oci-tag", tag) for tag in call.exchange.query.get("tag", ())])


async def get(call: Call) -> None:
    """GET and HEAD /v2/NAME/manifests/REFERENCE: the manifest a digest or a tag names."""
    kept = await _find(call)
    headers = {
        "docker-content-digest": kept.digest,
        "content-type": kept.media_type,
        "content-length": str(len(kept.content)),
        "etag": f'"{kept.digest}"',
    }
    await call.exchange.reply(200, headers, b"" if call.exchange.method == "HEAD" else kept.content)


async def delete(call: Call) -> None:
    """DELETE /v2/NAME/manifests/REFERENCE: forget a tag, or a manifest with its tags."""
    if not call.storage.policy.deletes:
        raise deletes_are_off()
    manifests = call.storage.manifests
    if ":" in call.reference:
        digest = parse_digest(call.reference)
        found = await call.storage.run(lambda: manifests.forget(call.name, digest))
    else:
        found = await call.storage.run(lambda: manifests.forget_tag(call.name, call.reference))
    if not found:
        raise manifest_unknown(call.reference)
    await call.exchange.reply(202)


async def _find(call: Call) -> Kept:
    manifests = call.storage.manifests
    digest: str | None = call.reference
    if ":" in call.reference:
        parse_digest(call.reference)
    else:
        digest = await call.storage.run(lambda: manifests.tagged(call.name, call.reference))
    if digest is None:
        raise manifest_unknown(call.reference)
    try:
        kept = await call.storage.run(lambda: manifests.find(call.name, digest))
    except Corrupt:
        raise content_corrupt(digest) from None
    if kept is None:
        raise manifest_unknown(call.reference)
    return kept


def _digest(reference: str, content: bytes) -> str:
    if ":" not in reference:
        if not is_tag(reference):
            raise manifest_invalid(f'"{reference[:160]}" is no tag: use at most 128 of letters, digits and . _ -')
        return digest_of(content)
    said = parse_digest(reference)
    digest = digest_of(content, algorithm_of(said))
    if digest != said:
        raise digest_invalid(f"The manifest has the digest {digest}, not {said}.")
    return digest


def _tags(call: Call) -> tuple[str, ...]:
    extra = tuple(call.exchange.query.get("tag", ()))
    wrong = [tag for tag in extra if not is_tag(tag)]
    if wrong:
        raise manifest_invalid(f'"{wrong[0][:160]}" is no tag: use at most 128 of letters, digits and . _ -')
    return extra if ":" in call.reference else (call.reference, *extra)


def _parse(content: bytes) -> Manifest:
    try:
        return parse_manifest(content)
    except Invalid as error:
        raise manifest_invalid(str(error)) from error


def _media_type(call: Call, manifest: Manifest) -> str:
    said = call.exchange.headers.get("content-type", "").partition(";")[0].strip()
    if said and manifest.media_type and said != manifest.media_type:
        raise manifest_invalid(f"The Content-Type is {said}, but the manifest says {manifest.media_type}.")
    if not (said or manifest.media_type):
        raise manifest_invalid("The manifest's media type is not said, neither as Content-Type nor in it.")
    return said or manifest.media_type


async def _check_parts(call: Call, manifest: Manifest) -> None:
    """Everything a manifest is made of must be here before it; its subject need not."""
    parts = (manifest.config, *manifest.layers) if manifest.config else manifest.layers
    blobs = [part.digest for part in parts if not part.elsewhere]
    children = [child.digest for child in manifest.manifests]

    def missing() -> list[str]:
        links, manifests = call.storage.links, call.storage.manifests
        return [
            *(digest for digest in blobs if links.size(call.name, digest) is None),
            *(digest for digest in children if not manifests.has(call.name, digest)),
        ]

    if lost := await call.storage.run(missing):
        message = f"The manifest is made of {', '.join(lost[:3])}, which is not here. Push its parts first."
        raise Complaint(400, "MANIFEST_BLOB_UNKNOWN", message)
