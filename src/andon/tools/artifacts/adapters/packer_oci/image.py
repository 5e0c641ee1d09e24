"""What an artifact's image says about itself: command, labels, layers. Pure."""

from __future__ import annotations

from datetime import UTC

import msgspec

from andon.standards.oci import CONFIG, LAYER_TAR, MANIFEST, Descriptor, ImageConfig, Manifest, digest_of, print_config
from andon.tools.artifacts.adapters.packer_oci.base_image import Base
from andon.tools.artifacts.adapters.packer_oci.layer import Layer
from andon.tools.artifacts.model.image import APP, HOST, LABEL_BASE, LABEL_SERVICE
from andon.tools.artifacts.ports import PackRequest


def config_of(request: PackRequest, layer: Layer, base: Base | None, architecture: str) -> ImageConfig:
    """How the artifact runs. Its time is the commit's: what is the same must have the same digest."""
    below = base.config if base else ImageConfig(architecture=architecture)
    service = request.service
    return ImageConfig(
        architecture=below.architecture,
        created=f"{request.committed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        # a service's command is whole: the base's entrypoint would come before it
        entrypoint=() if service else below.entrypoint,
        command=service.command if service else below.command,
        env=below.env,
        user=below.user,
        working_dir=f"/{APP}",
        labels=_labels(request, base),
        diff_ids=(*below.diff_ids, layer.digest),
    )


def manifest_of(config: ImageConfig, layer: Layer, base: Base | None) -> Manifest:
    """The manifest of an image with this configuration: the base's layers, and the artifact's on top."""
    content = print_config(config)
    return Manifest(
        media_type=MANIFEST,
        config=Descriptor(media_type=CONFIG, digest=digest_of(content), size=len(content)),
        layers=(
            *(base.layers if base else ()),
            Descriptor(media_type=LAYER_TAR, digest=layer.digest, size=layer.size),
        ),
    )


def _labels(request: PackRequest, base: Base | None) -> tuple[tuple[str, str], ...]:
    labels = {
        "org.opencontainers.image.title": str(request.artifact.name),
        "org.opencontainers.image.revision": str(request.commit),
        "org.opencontainers.image.source": str(request.repository),
        LABEL_BASE: base.reference if base else HOST,
    }
    if request.service is not None:
        labels[LABEL_SERVICE] = msgspec.json.encode(request.service, order="sorted").decode()
    return tuple(sorted(labels.items()))
