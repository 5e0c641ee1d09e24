"""Manifests, as the standard's conformance suite asks for them; and tags, which never move."""

from __future__ import annotations

import json

import pytest

from andon.standards.oci import INDEX, MANIFEST, Descriptor, Manifest, digest_of, print_manifest

from ..conftest import Served
from .conftest import Pusher, code_of


def test_a_manifest_by_digest(pusher: Pusher) -> None:
    """Pushed under its digest, it is given back, byte for byte."""
    content = pusher.image()
    answer = pusher.manifest(content)
    assert (answer.status_code, answer.headers["docker-content-digest"]) == (201, digest_of(content))
    pulled = pusher.http.get(answer.headers["location"])
    assert (pulled.content, pulled.headers["content-type"]) == (content, MANIFEST)


def test_a_manifest_by_tag(pusher: Pusher) -> None:
    """Pushed under a tag, it is found by tag and by digest."""
    content = pusher.image()
    pusher.manifest(content, "1.1")
    for reference in ("1.1", digest_of(content)):
        head = pusher.http.head(f"/v2/shop/manifests/{reference}")
        assert (head.status_code, head.headers["docker-content-digest"]) == (200, digest_of(content))
        assert head.headers["content-length"] == str(len(content))


def test_tags_beside_a_digest(pusher: Pusher) -> None:
    """One push may name several tags, and is told which were set."""
    content = pusher.image()
    answer = pusher.manifest(content, query="?tag=1.1&tag=latest")
    assert answer.headers.get_list("oci-tag") == ["1.1", "latest"]
    assert pusher.http.get("/v2/shop/manifests/latest").content == content


@pytest.mark.parametrize("reference", ["1.1", digest_of(b"absent")])
def test_an_absent_manifest_is_unknown(pusher: Pusher, reference: str) -> None:
    """What nobody pushed is a 404."""
    answer = pusher.http.get(f"/v2/shop/manifests/{reference}")
    assert (answer.status_code, code_of(answer)) == (404, "MANIFEST_UNKNOWN")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"{}", b'{"schemaVersion":1}', b'{"schemaVersion":2,"config":{"digest":"x"}}', b"[" * 100_000],
)
def test_what_is_no_manifest_is_invalid(pusher: Pusher, content: bytes) -> None:
    """Nonsense is refused in words."""
    answer = pusher.manifest(content, "1.1")
    assert (answer.status_code, code_of(answer)) == (400, "MANIFEST_INVALID")


def test_another_digest_than_said(pusher: Pusher) -> None:
    """The digest in the path must be the manifest's."""
    answer = pusher.manifest(pusher.image(), digest_of(b"other"))
    assert (answer.status_code, code_of(answer)) == (400, "DIGEST_INVALID")


def test_two_media_types(pusher: Pusher) -> None:
    """The header and the manifest must say the same type."""
    answer = pusher.manifest(pusher.image(), media_type=INDEX)
    assert (answer.status_code, code_of(answer)) == (400, "MANIFEST_INVALID")


@pytest.mark.parametrize("tag", ["-begins-wrong", "a" * 129, "spa%20ce"])
def test_a_tag_that_is_none(pusher: Pusher, tag: str) -> None:
    """A tag has the standard's form."""
    assert pusher.manifest(pusher.image(), tag).status_code == 400


def test_parts_come_before_the_whole(pusher: Pusher) -> None:
    """A manifest whose blobs or manifests are not there is refused."""
    absent = Descriptor(media_type=MANIFEST, digest=digest_of(b"absent"), size=6)
    image = json.loads(pusher.image())
    image["layers"][0]["digest"] = absent.digest
    index = print_manifest(Manifest(media_type=INDEX, manifests=(absent,)))
    for answer in (pusher.manifest(json.dumps(image).encode()), pusher.manifest(index, media_type=INDEX)):
        assert (answer.status_code, code_of(answer)) == (400, "MANIFEST_BLOB_UNKNOWN")


def test_a_layer_that_lies_elsewhere_need_not_be_here(pusher: Pusher) -> None:
    """Foreign layers are somebody else's to give."""
    image = json.loads(pusher.image())
    kind = "application/vnd.oci.image.layer.nondistributable.v1.tar"
    image["layers"].append({"mediaType": kind, "digest": digest_of(b"elsewhere"), "size": 9})
    assert pusher.manifest(json.dumps(image).encode()).status_code == 201


def test_an_index_of_indexes(pusher: Pusher) -> None:
    """An index may hold images, and indexes of images."""
    image = pusher.image()
    pusher.manifest(image)
    for media_type in (MANIFEST, INDEX):
        child = Descriptor(media_type=media_type, digest=digest_of(image), size=len(image))
        image = print_manifest(Manifest(media_type=INDEX, manifests=(child,)))
        assert pusher.manifest(image, media_type=INDEX).status_code == 201


def test_a_manifest_of_four_mebibytes_is_kept_and_a_longer_one_is_not(pusher: Pusher) -> None:
    """The limit is the standard's."""
    image = json.loads(pusher.image())
    image["annotations"] = {"filler": ""}
    image["annotations"]["filler"] = "x" * (4 * 1024 * 1024 - len(json.dumps(image)))
    longest = json.dumps(image).encode()
    assert pusher.manifest(longest).status_code == 201
    assert pusher.manifest(longest + b" ").status_code == 413


def test_sha512_names_a_manifest_too(pusher: Pusher) -> None:
    """Pushed under its sha512, it is found under it."""
    content = pusher.image()
    digest = digest_of(content, "sha512")
    assert pusher.manifest(content, digest).headers["docker-content-digest"] == digest
    assert pusher.http.get(f"/v2/shop/manifests/{digest}").content == content


def test_a_deleted_tag_leaves_the_manifest(pusher: Pusher) -> None:
    """Where deleting is allowed: a tag alone, or a manifest with its tags."""
    content = pusher.image()
    pusher.manifest(content, "1.1")
    pusher.manifest(content, "latest")
    assert pusher.http.delete("/v2/shop/manifests/1.1").status_code == 202
    assert pusher.http.get("/v2/shop/manifests/1.1").status_code == 404
    assert pusher.http.get(f"/v2/shop/manifests/{digest_of(content)}").content == content
    assert pusher.http.delete(f"/v2/shop/manifests/{digest_of(content)}").status_code == 202
    assert pusher.http.get("/v2/shop/manifests/latest").status_code == 404
    assert pusher.http.delete(f"/v2/shop/manifests/{digest_of(content)}").status_code == 404


def test_a_tag_moves_where_the_policy_allows_it(pusher: Pusher) -> None:
    """An open registry does as the standard says."""
    pusher.manifest(pusher.image(b"one"), "latest")
    other = pusher.image(b"two")
    assert pusher.manifest(other, "latest").status_code == 201
    assert pusher.http.get("/v2/shop/manifests/latest").content == other


def test_a_tag_never_moves_as_installed(registry: Served) -> None:
    """The same digest again is welcome; another one is refused with the reason, and nothing of it is kept."""
    with registry.client("push:shop") as http:
        pusher = Pusher(http)
        first, other = pusher.image(b"one"), pusher.image(b"two")
        assert pusher.manifest(first, "1.1").status_code == 201
        assert pusher.manifest(first, "1.1").status_code == 201
        refused = pusher.manifest(other, "1.1")
        assert (refused.status_code, code_of(refused)) == (409, "DENIED")
        assert "a tag never moves" in refused.text
        assert pusher.manifest(other, query="?tag=1.2&tag=1.1").status_code == 409
        assert http.get("/v2/shop/manifests/1.1").content == first
        assert http.get("/v2/shop/manifests/1.2").status_code == 404
        assert http.get(f"/v2/shop/manifests/{digest_of(other)}").status_code == 404
