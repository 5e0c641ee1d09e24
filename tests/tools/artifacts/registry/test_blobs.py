"""Blobs, as the standard's conformance suite asks for them."""

from __future__ import annotations

import hashlib

import pytest

from andon.standards.oci import digest_of

from ..conftest import Served
from .conftest import Pusher, code_of

ABSENT = digest_of(b"nobody pushed this")


def test_a_pushed_blob_is_given_back(pusher: Pusher) -> None:
    """GET gives the bytes, with their digest and length."""
    digest = pusher.blob(b"content")
    answer = pusher.http.get(f"/v2/shop/blobs/{digest}")
    assert answer.content == b"content"
    assert answer.headers["docker-content-digest"] == digest
    assert answer.headers["content-length"] == "7"


def test_head_tells_without_giving(pusher: Pusher) -> None:
    """HEAD gives digest and length, and no bytes."""
    digest = pusher.blob(b"content")
    answer = pusher.http.head(f"/v2/shop/blobs/{digest}")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "7")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_absent_blob_is_unknown(pusher: Pusher, method: str) -> None:
    """A blob that nobody pushed is a 404."""
    answer = pusher.http.request(method, f"/v2/shop/blobs/{ABSENT}")
    assert answer.status_code == 404
    assert method == "HEAD" or code_of(answer) == "BLOB_UNKNOWN"


def test_another_names_blob_is_unknown(pusher: Pusher) -> None:
    """A blob belongs to the names it was pushed to."""
    digest = pusher.blob(b"mine", name="other")
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").status_code == 404


@pytest.mark.parametrize("digest", ["sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:" + "G" * 64])
def test_a_digest_that_is_none_is_invalid(pusher: Pusher, digest: str) -> None:
    """What is no digest is told so."""
    answer = pusher.http.get(f"/v2/shop/blobs/{digest}")
    assert (answer.status_code, code_of(answer)) == (400, "DIGEST_INVALID")


@pytest.mark.parametrize(
    ("asked", "given", "where"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=0-9", b"0123456789", "bytes 0-9/10"),
        ("bytes=0-", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_a_part_is_given(pusher: Pusher, asked: str, given: bytes, where: str) -> None:
    """A range gives these bytes, with 206."""
    digest = pusher.blob(b"0123456789")
    answer = pusher.http.get(f"/v2/shop/blobs/{digest}", headers={"range": asked})
    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (206, given, where)


@pytest.mark.parametrize("asked", ["bytes=10-12", "bytes=5-0", "bytes=-0"])
def test_a_part_that_is_none_is_refused(pusher: Pusher, asked: str) -> None:
    """A range without any byte of the blob is a 416 that tells the length."""
    digest = pusher.blob(b"0123456789")
    answer = pusher.http.get(f"/v2/shop/blobs/{digest}", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */10")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,3-4", "lines=1-2", "nonsense"])
def test_a_range_that_is_not_understood_gives_the_whole(pusher: Pusher, asked: str) -> None:
    """As HTTP says: 200 and everything."""
    digest = pusher.blob(b"0123456789")
    answer = pusher.http.get(f"/v2/shop/blobs/{digest}", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, b"0123456789")


def test_an_empty_blob_is_a_blob(pusher: Pusher) -> None:
    """No bytes have a digest too."""
    digest = pusher.blob(b"")
    answer = pusher.http.get(f"/v2/shop/blobs/{digest}")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_long_blob_comes_back_whole(pusher: Pusher) -> None:
    """Many pieces make one blob."""
    content = bytes(range(256)) * 20_000
    digest = pusher.blob(content)
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").content == content
    part = pusher.http.get(f"/v2/shop/blobs/{digest}", headers={"range": "bytes=1000000-4000000"}).content
    assert part == content[1_000_000:4_000_001]


def test_sha512_is_a_digest_too(pusher: Pusher) -> None:
    """A blob can be known by its sha512."""
    digest = f"sha512:{hashlib.sha512(b'content').hexdigest()}"
    assert pusher.http.post(f"/v2/shop/blobs/uploads/?digest={digest}", content=b"content").status_code == 201
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").content == b"content"


def test_a_deleted_blob_is_gone_for_its_name_alone(pusher: Pusher) -> None:
    """Where deleting is allowed, other names keep the bytes."""
    digest = pusher.blob(b"content")
    pusher.blob(b"content", name="other")
    assert pusher.http.delete(f"/v2/shop/blobs/{digest}").status_code == 202
    assert pusher.http.delete(f"/v2/shop/blobs/{digest}").status_code == 404
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").status_code == 404
    assert pusher.http.get(f"/v2/other/blobs/{digest}").content == b"content"


def test_nothing_is_deleted_as_installed(registry: Served) -> None:
    """Unless the policy says otherwise, deleting is refused with the reason."""
    with registry.client("push:shop") as http:
        digest = Pusher(http).blob(b"content")
        for path in (f"blobs/{digest}", f"manifests/{digest}", "manifests/1.1"):
            answer = http.delete(f"/v2/shop/{path}")
            assert (answer.status_code, code_of(answer)) == (405, "UNSUPPORTED")
        assert http.get(f"/v2/shop/blobs/{digest}").content == b"content"
