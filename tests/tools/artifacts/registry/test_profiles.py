"""Every kind of content of the standard's conformance suite: pushed, listed, pulled, referred to, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from andon.standards.oci import EMPTY, EMPTY_CONTENT, INDEX, MANIFEST, digest_of

from .conftest import Pusher

EXAMPLE = "application/vnd.example.oci.conformance.v1"
Raw = dict[str, object]
Make = Callable[[Pusher], Raw]


def described(content: bytes, media_type: str, **more: object) -> Raw:
    """A descriptor of content."""
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content), **more}


def image(pusher: Pusher, **more: object) -> Raw:
    """An image, with whatever else is in it."""
    raw: Raw = json.loads(pusher.image())
    return raw | more


def child(pusher: Pusher, raw: Raw) -> Raw:
    """Push a manifest; what an index says of it."""
    content = json.dumps(raw).encode()
    assert pusher.manifest(content, media_type=str(raw["mediaType"])).status_code == 201
    return described(content, str(raw["mediaType"]), platform={"os": "linux", "architecture": "amd64"})


def index(pusher: Pusher, *children: Raw, **more: object) -> Raw:
    """An index of manifests that are pushed first."""
    return {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [child(pusher, each) for each in children],
        **more,
    }


def artifact(pusher: Pusher, **more: object) -> Raw:
    """No image, but files of some type."""
    pusher.blob(EMPTY_CONTENT)
    pusher.blob(b"file")
    return {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": EXAMPLE,
        "config": described(EMPTY_CONTENT, EMPTY),
        "layers": [described(b"file", EXAMPLE)],
        **more,
    }


MISSING = described(b"missing content", MANIFEST)
PROFILES: dict[str, Make] = {
    "image": image,
    "large": lambda p: image(p, annotations={f"large-{n}": "A" * 10_000 for n in range(390)}),
    "index": lambda p: index(p, image(p), image(p, annotations={"a": "b"})),
    "nested index": lambda p: index(p, index(p, image(p)), index(p, image(p), annotations={"a": "b"})),
    "empty index": index,
    "artifact": artifact,
    "artifact without layers": lambda p: artifact(p, layers=[described(EMPTY_CONTENT, EMPTY)]),
    "artifact index": lambda p: index(p, artifact(p), artifactType=EXAMPLE),
    "missing subject": lambda p: artifact(p, subject=MISSING, annotations={"org.example": "hello"}),
    "index with subject": lambda p: index(p, artifact(p), subject=MISSING),
    "data field": lambda p: image(p, config=described(EMPTY_CONTENT, EMPTY, data="e30="), layers=[]),
    "custom fields": lambda p: image(p, **{"org.example.unknown": {"any": ["thing", 1, None]}}),
    "no layers": lambda p: image(p, layers=[]),
    "layers that are null": lambda p: image(p, layers=None),
}


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_from_push_to_delete(pusher: Pusher, profile: str, algorithm: str) -> None:
    """Whatever the content, it goes in and comes out byte for byte, and is gone when it is deleted."""
    pusher.blob(EMPTY_CONTENT)
    raw = PROFILES[profile](pusher)
    content = json.dumps(raw).encode()
    media_type, digest = str(raw["mediaType"]), digest_of(content, algorithm)
    pushed = pusher.manifest(content, digest, media_type, query="?tag=one&tag=two")
    assert (pushed.status_code, pushed.headers["docker-content-digest"]) == (201, digest)
    assert pusher.http.get("/v2/shop/tags/list").json()["tags"] == ["one", "two"]
    for reference in ("one", "two", digest):
        for method in ("GET", "HEAD"):
            pulled = pusher.http.request(method, f"/v2/shop/manifests/{reference}")
            assert pulled.content == (content if method == "GET" else b"")
            assert (pulled.status_code, pulled.headers["content-type"]) == (200, media_type)
            assert pulled.headers["content-length"] == str(len(content))
            assert pulled.headers["docker-content-digest"] == digest
    assert pusher.http.delete("/v2/shop/manifests/one").status_code == 202
    assert pusher.http.delete(f"/v2/shop/manifests/{digest}").status_code == 202
    for reference in ("one", "two", digest):
        assert pusher.http.head(f"/v2/shop/manifests/{reference}").status_code == 404


@pytest.mark.parametrize("profile", ["missing subject", "index with subject"])
def test_a_referrer_is_listed_as_it_describes_itself(pusher: Pusher, profile: str) -> None:
    """Type and annotations are the manifest's own; an index that says no type has none."""
    raw = PROFILES[profile](pusher)
    content = json.dumps(raw).encode()
    answer = pusher.manifest(content, media_type=str(raw["mediaType"]))
    assert answer.headers["oci-subject"] == MISSING["digest"]
    (found,) = pusher.http.get(f"/v2/shop/referrers/{MISSING['digest']}").json()["manifests"]
    assert (found["digest"], found["size"], found["mediaType"]) == (digest_of(content), len(content), raw["mediaType"])
    assert found.get("artifactType") == raw.get("artifactType")
    assert found.get("annotations") == raw.get("annotations")


@pytest.mark.parametrize("content", [b"", b"{}"])
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_well_known_blobs(pusher: Pusher, content: bytes, algorithm: str) -> None:
    """The empty one and the empty object, under both digests, in a stream that ends with nothing more."""
    digest = digest_of(content, algorithm)
    where = pusher.http.post("/v2/shop/blobs/uploads/").headers["location"]
    assert pusher.http.patch(where, content=content).status_code == 202
    done = pusher.http.put(f"{where}?digest={digest}")
    assert (done.status_code, done.headers["docker-content-digest"]) == (201, digest)
    assert pusher.http.get(done.headers["location"]).content == content
    assert pusher.http.head(f"/v2/shop/blobs/{digest}").headers["content-length"] == str(len(content))


@pytest.mark.parametrize("last", ["PATCH", "PUT"])
def test_recovery_at_every_chunk(pusher: Pusher, last: str) -> None:
    """Before each of three chunks one comes that does not belong there: it is refused, and the upload goes on."""
    content = bytes(range(256)) * 12
    digest, size = digest_of(content), 1024
    where = pusher.http.post("/v2/shop/blobs/uploads/").headers["location"]
    for first in range(0, len(content), size):
        wrong = (first + size) % len(content)
        is_end = last == "PUT" and first + size == len(content)
        for start in (wrong, first):
            part = content[start : start + size]
            headers = {"content-range": f"{start}-{start + len(part) - 1}"}
            method, query = ("PUT", f"?digest={digest}") if is_end else ("PATCH", "")
            answer = pusher.http.request(method, where + query, content=part, headers=headers)
            assert answer.status_code == (416 if start == wrong else 201 if is_end else 202)
            if start == wrong:
                status = pusher.http.get(where)
                assert (status.status_code, status.headers["range"]) == (204, f"0-{max(first - 1, 0)}")
                where = status.headers["location"]
    if last == "PATCH":
        assert pusher.http.put(f"{where}?digest={digest}").status_code == 201
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").content == content
