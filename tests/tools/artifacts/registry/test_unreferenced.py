"""Blobs that no manifest refers to are found and deleted; those of artifacts never."""

from __future__ import annotations

import pytest

from ..conftest import Served
from .conftest import Pusher


@pytest.mark.parametrize("asked_again", [False, True])
def test_only_what_no_manifest_refers_to_goes(registry: Served, asked_again: bool) -> None:
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        assert pusher.manifest(pusher.image()).status_code == 201
        lost = pusher.blob(b"of an upload that never became an artifact")
        unreferenced = registry.storage.unreferenced
        assert [one.digest for one in unreferenced.found()] == [lost]
        for _ in range(1 + asked_again):
            unreferenced.remove(lost)
        assert unreferenced.found() == ()
        assert http.get(f"/v2/shop/blobs/{lost}").status_code == 404
        assert pusher.blob(b"of an upload that never became an artifact") == lost


def test_a_blob_that_became_part_of_an_artifact_meanwhile_stays(registry: Served) -> None:
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        content = pusher.image()
        lost = [one.digest for one in registry.storage.unreferenced.found()]
        assert len(lost) == 2
        assert pusher.manifest(content).status_code == 201
        for digest in lost:
            registry.storage.unreferenced.remove(digest)
        assert all(registry.storage.content.size(digest) for digest in lost)
