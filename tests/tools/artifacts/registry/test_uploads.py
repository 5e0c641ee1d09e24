"""Uploads, as the standard's conformance suite asks for them."""

from __future__ import annotations

import httpx2
import pytest

from andon.standards.oci import digest_of

from ..conftest import Served
from .conftest import Pusher, code_of

CONTENT = b"0123456789"
DIGEST = digest_of(CONTENT)


def begin(pusher: Pusher, name: str = "shop") -> str:
    """Begin an upload; its address."""
    answer = pusher.http.post(f"/v2/{name}/blobs/uploads/")
    assert answer.status_code == 202
    return str(answer.headers["location"])


def chunk(pusher: Pusher, where: str, content: bytes, first: int) -> httpx2.Response:
    """Send the next chunk."""
    headers = {"content-range": f"{first}-{first + len(content) - 1}", "content-type": "application/octet-stream"}
    return pusher.http.patch(where, content=content, headers=headers)


def test_post_then_put(pusher: Pusher) -> None:
    """An upload is begun, and ended with all bytes at once."""
    answer = pusher.http.put(f"{begin(pusher)}?digest={DIGEST}", content=CONTENT)
    assert answer.status_code == 201
    assert answer.headers["docker-content-digest"] == DIGEST
    assert pusher.http.get(answer.headers["location"]).content == CONTENT


def test_one_stream_then_put(pusher: Pusher) -> None:
    """Bytes may come in one stream that says neither range nor length."""
    where = begin(pusher)
    streamed = pusher.http.patch(where, content=iter([CONTENT[:4], CONTENT[4:]]))
    assert (streamed.status_code, streamed.headers["range"]) == (202, "0-9")
    assert pusher.http.put(f"{streamed.headers['location']}?digest={DIGEST}").status_code == 201


def test_chunks_in_order(pusher: Pusher) -> None:
    """Chunks follow each other, the last one may come with the end."""
    where = begin(pusher)
    assert chunk(pusher, where, CONTENT[:4], 0).headers["range"] == "0-3"
    assert chunk(pusher, where, CONTENT[4:8], 4).headers["range"] == "0-7"
    headers = {"content-range": "8-9"}
    assert pusher.http.put(f"{where}?digest={DIGEST}", content=CONTENT[8:], headers=headers).status_code == 201
    assert pusher.http.get(f"/v2/shop/blobs/{DIGEST}").content == CONTENT


def test_a_chunk_out_of_order_is_refused_and_the_upload_goes_on(pusher: Pusher) -> None:
    """A wrong chunk is a 416 that tells where the upload stands; GET tells it too; then it goes on."""
    where = begin(pusher)
    chunk(pusher, where, CONTENT[:4], 0)
    wrong = chunk(pusher, where, CONTENT[6:], 6)
    assert (wrong.status_code, wrong.headers["range"], code_of(wrong)) == (416, "0-3", "BLOB_UPLOAD_INVALID")
    status = pusher.http.get(where)
    assert (status.status_code, status.headers["range"]) == (204, "0-3")
    assert chunk(pusher, status.headers["location"], CONTENT[4:], 4).status_code == 202
    assert pusher.http.put(f"{where}?digest={DIGEST}").status_code == 201


@pytest.mark.parametrize("said", ["4-1", "0-2", "nonsense", "0-99"])
def test_a_range_that_does_not_fit_the_bytes_is_refused(pusher: Pusher, said: str) -> None:
    """The range must have as many bytes as are sent."""
    answer = pusher.http.patch(begin(pusher), content=CONTENT, headers={"content-range": said})
    assert answer.status_code == 416


def test_other_bytes_than_said_are_refused(pusher: Pusher) -> None:
    """A wrong digest ends the upload; nothing of it can be seen."""
    where = begin(pusher)
    answer = pusher.http.put(f"{where}?digest={DIGEST}", content=b"something else")
    assert (answer.status_code, code_of(answer)) == (400, "DIGEST_INVALID")
    assert pusher.http.get(f"/v2/shop/blobs/{DIGEST}").status_code == 404
    assert pusher.http.get(where).status_code == 404


@pytest.mark.parametrize("digest", ["", "?digest=", "?digest=sha256:abc"])
def test_an_end_without_a_digest_is_refused(pusher: Pusher, digest: str) -> None:
    """The end of an upload says its digest."""
    answer = pusher.http.put(f"{begin(pusher)}{digest}", content=CONTENT)
    assert (answer.status_code, code_of(answer)) == (400, "DIGEST_INVALID")


def test_all_in_one_request_with_a_wrong_digest(pusher: Pusher, open_registry: Served) -> None:
    """Also in one request a wrong digest leaves nothing, on the disk neither."""
    answer = pusher.http.post(f"/v2/shop/blobs/uploads/?digest={DIGEST}", content=b"something else")
    assert (answer.status_code, code_of(answer)) == (400, "DIGEST_INVALID")
    assert not list((open_registry.folder / "uploads").iterdir())


def test_a_cancelled_upload_is_gone(pusher: Pusher, open_registry: Served) -> None:
    """DELETE forgets an upload and its bytes."""
    where = begin(pusher)
    chunk(pusher, where, CONTENT, 0)
    assert pusher.http.delete(where).status_code == 204
    gone = pusher.http.get(where)
    assert (gone.status_code, code_of(gone)) == (404, "BLOB_UPLOAD_UNKNOWN")
    assert not list((open_registry.folder / "uploads").iterdir())


def test_an_upload_belongs_to_its_name(pusher: Pusher) -> None:
    """Under another name an upload is not known."""
    where = begin(pusher).replace("/shop/", "/other/")
    assert pusher.http.put(f"{where}?digest={DIGEST}", content=CONTENT).status_code == 404


def test_a_digest_that_is_told_at_the_end_may_be_sha512(pusher: Pusher) -> None:
    """The algorithm need not be known before the end."""
    digest = digest_of(CONTENT, "sha512")
    assert pusher.http.put(f"{begin(pusher)}?digest={digest}", content=CONTENT).status_code == 201
    assert pusher.http.get(f"/v2/shop/blobs/{digest}").content == CONTENT


@pytest.mark.parametrize("source", ["&from=other", ""])
def test_another_names_blob_is_mounted(pusher: Pusher, source: str) -> None:
    """What the caller may read elsewhere becomes this name's without being sent, said from where or not."""
    pusher.blob(CONTENT, name="other")
    answer = pusher.http.post(f"/v2/shop/blobs/uploads/?mount={DIGEST}{source}")
    assert (answer.status_code, answer.headers["docker-content-digest"]) == (201, DIGEST)
    assert pusher.http.get(f"/v2/shop/blobs/{DIGEST}").content == CONTENT


@pytest.mark.parametrize("source", ["&from=team/app", "&from=nobody", ""])
def test_what_cannot_be_mounted_is_uploaded(pusher: Pusher, source: str) -> None:
    """Instead of a mount that cannot be, an upload is begun."""
    answer = pusher.http.post(f"/v2/shop/blobs/uploads/?mount={DIGEST}{source}")
    assert answer.status_code == 202
    assert pusher.http.put(f"{answer.headers['location']}?digest={DIGEST}", content=CONTENT).status_code == 201


@pytest.mark.parametrize("source", ["&from=other", ""])
def test_what_the_caller_may_not_read_is_not_mounted(open_registry: Served, source: str) -> None:
    """A mount is no way around the right to pull."""
    with open_registry.client("push:other") as other, open_registry.client("push:shop") as shop:
        Pusher(other).blob(CONTENT, name="other")
        assert shop.post(f"/v2/shop/blobs/uploads/?mount={DIGEST}{source}").status_code == 202
        assert shop.get(f"/v2/shop/blobs/{DIGEST}").status_code == 404


def test_the_same_blob_twice_is_one_blob(pusher: Pusher, open_registry: Served) -> None:
    """Bytes are kept once, whoever pushes them."""
    pusher.blob(CONTENT)
    pusher.blob(CONTENT)
    pusher.blob(CONTENT, name="other")
    kept = [each for each in (open_registry.folder / "blobs").rglob("*") if each.is_file()]
    assert len(kept) == 1
