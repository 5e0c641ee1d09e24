"""OCI image and distribution formats: digests, descriptors, manifests, indexes and configurations, read and written.

Source: OCI image-spec 1.1 and distribution-spec 1.1.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NewType, Protocol

from andon.kernel.errors import Invalid

#: "sha256:" and 64, or "sha512:" and 128 lower-case hex digits; wider than kernel.ids.Digest, which is sha256 only
ContentDigest = NewType("ContentDigest", str)

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER_TAR = "application/vnd.oci.image.layer.v1.tar"
LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
EMPTY = "application/vnd.oci.empty.v1+json"
#: the content that an artifact without a configuration points at
EMPTY_CONTENT = b"{}"
#: what a registry must accept at least, and ours accepts at most
MANIFEST_LIMIT_BYTES = 4 * 1024 * 1024

_NAME_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_NAME = re.compile(rf"{_NAME_PART}(?:/{_NAME_PART})*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}")


class Hasher(Protocol):
    """A digest being computed."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """A pointer to content: its type, digest and size."""

    media_type: str
    digest: str
    size: int
    artifact_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()
    #: True when the content lies elsewhere (a foreign layer), so that a registry need not hold it
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An image manifest or an image index, as much of it as a registry and a runtime need."""

    media_type: str
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] = ()
    #: of an index
    manifests: tuple[Descriptor, ...] = ()
    #: what it refers to: an attestation's subject is the image
    subject: Descriptor | None = None
    artifact_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """How to run an image."""

    #: RFC 3339
    created: str = "1970-01-01T00:00:00Z"
    architecture: str = "amd64"
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    working_dir: str = "/"
    user: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    #: digests of the layers' uncompressed bytes, lowest first
    diff_ids: tuple[str, ...] = ()


def is_name(text: str) -> bool:
    """Is it a repository name that a registry accepts?"""
    return len(text) <= 255 and _NAME.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Is it a tag?"""
    return _TAG.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Is it a sha256 or sha512 digest?"""
    return _DIGEST.fullmatch(text) is not None


def parse_content_digest(text: str) -> ContentDigest:
    """A digest of content. Errors: Invalid."""
    if not is_digest(text):
        raise Invalid(f'"{text[:160]}" is no digest: expected sha256: or sha512: and lower-case hexadecimal digits.')
    return ContentDigest(text)


def hasher(algorithm: str) -> Hasher:
    """A new digest computation: "sha256" or "sha512"."""
    return hashlib.sha512() if algorithm == "sha512" else hashlib.sha256()


def digest_of(content: bytes, algorithm: str = "sha256") -> ContentDigest:
    """The digest of the bytes."""
    computed = hasher(algorithm)
    computed.update(content)
    return ContentDigest(f"{algorithm}:{computed.hexdigest()}")


def algorithm_of(digest: str) -> str:
    """The part before the colon."""
    return digest.partition(":")[0]


def hex_of(digest: str) -> str:
    """The part after the colon."""
    return digest.partition(":")[2]


def print_json(value: object) -> bytes:
    """JSON whose bytes depend on the value alone: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse_object(content: bytes, what: str) -> dict[str, object]:
    """A JSON object. Errors: Invalid, with `what` naming it."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The {what} is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise Invalid(f"The {what} must be a JSON object.")
    return value


def parse_manifest(content: bytes) -> Manifest:
    """A manifest or index from its bytes. Errors: Invalid."""
    raw = parse_object(content, "manifest")
    if raw.get("schemaVersion") != 2:
        raise Invalid("The manifest's schemaVersion must be 2.")
    subject, config = raw.get("subject"), raw.get("config")
    return Manifest(
        media_type=_text(raw, "mediaType"),
        config=None if config is None else _descriptor(config, "config"),
        layers=_descriptors(raw, "layers"),
        manifests=_descriptors(raw, "manifests"),
        subject=None if subject is None else _descriptor(subject, "subject"),
        artifact_type=_text(raw, "artifactType"),
        annotations=_pairs(raw.get("annotations"), "annotations"),
    )


def print_manifest(manifest: Manifest) -> bytes:
    """The bytes of a manifest; the same manifest has the same bytes."""
    raw: dict[str, object] = {"schemaVersion": 2, "mediaType": manifest.media_type}
    if manifest.config is not None:
        raw |= {"config": _print_descriptor(manifest.config), "layers": _print_all(manifest.layers)}
    if manifest.media_type == INDEX:
        raw["manifests"] = _print_all(manifest.manifests)
    if manifest.subject is not None:
        raw["subject"] = _print_descriptor(manifest.subject)
    if manifest.artifact_type:
        raw["artifactType"] = manifest.artifact_type
    if manifest.annotations:
        raw["annotations"] = dict(manifest.annotations)
    return print_json(raw)


def effective_artifact_type(manifest: Manifest) -> str:
    """What a referrers list says the manifest is: its artifactType, else its configuration's media type."""
    if manifest.artifact_type or manifest.config is None:
        return manifest.artifact_type
    return manifest.config.media_type


def parse_config(content: bytes) -> ImageConfig:
    """An image configuration. Errors: Invalid."""
    raw = parse_object(content, "image configuration")
    run = raw.get("config") or {}
    rootfs = raw.get("rootfs") or {}
    if not isinstance(run, dict) or not isinstance(rootfs, dict):
        raise Invalid("The image configuration's config and rootfs must be objects.")
    return ImageConfig(
        created=_text(raw, "created") or "1970-01-01T00:00:00Z",
        architecture=_text(raw, "architecture") or "amd64",
        command=_texts(run.get("Cmd"), "Cmd"),
        entrypoint=_texts(run.get("Entrypoint"), "Entrypoint"),
        env=tuple(_variable(line) for line in _texts(run.get("Env"), "Env")),
        working_dir=_text(run, "WorkingDir") or "/",
        user=_text(run, "User"),
        labels=_pairs(run.get("Labels"), "Labels"),
        diff_ids=_texts(rootfs.get("diff_ids"), "diff_ids"),
    )


def print_config(config: ImageConfig) -> bytes:
    """The bytes of an image configuration; the same configuration has the same bytes."""
    run: dict[str, object] = {
        "Cmd": list(config.command),
        "Env": [f"{name}={value}" for name, value in config.env],
        "WorkingDir": config.working_dir,
        "Labels": dict(config.labels),
    }
    if config.entrypoint:
        run["Entrypoint"] = list(config.entrypoint)
    if config.user:
        run["User"] = config.user
    return print_json(
        {
            "created": config.created,
            "architecture": config.architecture,
            "os": "linux",
            "config": run,
            "rootfs": {"type": "layers", "diff_ids": list(config.diff_ids)},
        }
    )


def print_referrers(referrers: Iterable[Descriptor]) -> bytes:
    """The answer to "what refers to this digest?": an index of descriptors."""
    return print_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": _print_all(referrers)})


def _print_all(descriptors: Iterable[Descriptor]) -> list[dict[str, object]]:
    return [_print_descriptor(d) for d in descriptors]


def _print_descriptor(descriptor: Descriptor) -> dict[str, object]:
    raw: dict[str, object] = {"mediaType": descriptor.media_type, "digest": descriptor.digest, "size": descriptor.size}
    if descriptor.artifact_type:
        raw["artifactType"] = descriptor.artifact_type
    if descriptor.annotations:
        raw["annotations"] = dict(descriptor.annotations)
    return raw


def _descriptors(raw: Mapping[str, object], key: str) -> tuple[Descriptor, ...]:
    listed = raw.get(key) or []
    if not isinstance(listed, list):
        raise Invalid(f"The manifest's {key} must be a list.")
    return tuple(_descriptor(each, key) for each in listed)


def _descriptor(raw: object, where: str) -> Descriptor:
    if not isinstance(raw, dict):
        raise Invalid(f"The manifest's {where} must be a descriptor.")
    size = raw.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise Invalid(f"A descriptor in the manifest's {where} has no size.")
    kind = _text(raw, "mediaType")
    return Descriptor(
        media_type=kind,
        digest=parse_content_digest(_text(raw, "digest")),
        size=size,
        artifact_type=_text(raw, "artifactType"),
        annotations=_pairs(raw.get("annotations"), "annotations"),
        elsewhere="nondistributable" in kind or "foreign" in kind or bool(raw.get("urls")),
    )


def _text(raw: Mapping[str, object], key: str) -> str:
    value = raw.get(key) or ""
    if not isinstance(value, str):
        raise Invalid(f"{key} must be text.")
    return value


def _texts(value: object, key: str) -> tuple[str, ...]:
    listed = value or []
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise Invalid(f"{key} must be a list of texts.")
    return tuple(listed)


def _pairs(value: object, key: str) -> tuple[tuple[str, str], ...]:
    mapping = value or {}
    if not isinstance(mapping, dict) or not all(isinstance(each, str) for each in mapping.values()):
        raise Invalid(f"{key} must map texts to texts.")
    return tuple(sorted(mapping.items()))


def _variable(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name, value
