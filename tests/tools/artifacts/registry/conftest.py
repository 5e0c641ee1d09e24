"""A pusher at an open registry, for the cases of the standard's conformance suite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest

from andon.standards.oci import (
    CONFIG,
    LAYER_TAR,
    MANIFEST,
    Descriptor,
    Manifest,
    digest_of,
    print_manifest,
)

from ..conftest import Served


@dataclass
class Pusher:
    """Someone who may push shop and pull base."""

    http: httpx2.Client

    def blob(self, content: bytes, name: str = "shop") -> str:
        """Push a blob in one request; its digest."""
        digest = digest_of(content)
        answer = self.http.post(f"/v2/{name}/blobs/uploads/?digest={digest}", content=content)
        assert answer.status_code == 201, answer.text
        return digest

    def image(self, layer: bytes = b"layer", subject: Descriptor | None = None, artifact_type: str = "") -> bytes:
        """Push an image's blobs; its manifest, which is not pushed."""
        config = b'{"architecture":"amd64"}'
        return print_manifest(
            Manifest(
                media_type=MANIFEST,
                config=Descriptor(media_type=CONFIG, digest=self.blob(config), size=len(config)),
                layers=(Descriptor(media_type=LAYER_TAR, digest=self.blob(layer), size=len(layer)),),
                subject=subject,
                artifact_type=artifact_type,
            )
        )

    def manifest(
        self, content: bytes, reference: str = "", media_type: str = MANIFEST, query: str = ""
    ) -> httpx2.Response:
        """Push a manifest under a reference, or its digest."""
        where = f"/v2/shop/manifests/{reference or digest_of(content)}{query}"
        return self.http.put(where, content=content, headers={"content-type": media_type})


def code_of(answer: httpx2.Response) -> str:
    """The error code of an answer, in the standard's form."""
    (error,) = answer.json()["errors"]
    assert error["message"]
    return str(error["code"])


@pytest.fixture
def pusher(open_registry: Served) -> Iterator[Pusher]:
    """Someone who may push shop and other, and pull base, where the registry allows what the standard allows."""
    with open_registry.client("push:shop push:other push:team/app") as http:
        yield Pusher(http)
