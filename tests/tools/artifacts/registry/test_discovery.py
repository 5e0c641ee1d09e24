"""Tags and referrers, as the standard's conformance suite asks for them."""

from __future__ import annotations

import json

import pytest

from andon.standards.oci import INDEX, MANIFEST, Descriptor, digest_of

from .conftest import Pusher, code_of

SBOM, SIGNATURE = "application/vnd.example.sbom", "application/vnd.example.signature"


@pytest.fixture
def tagged(pusher: Pusher) -> Pusher:
    """Someone who pushed four tags."""
    content = pusher.image()
    for tag in ("1.2", "1.10", "latest", "1.1"):
        pusher.manifest(content, tag)
    return pusher


@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("", ["1.1", "1.10", "1.2", "latest"]),
        ("?n=2", ["1.1", "1.10"]),
        ("?n=0", []),
        ("?last=1.10", ["1.2", "latest"]),
        ("?n=1&last=1.10", ["1.2"]),
        ("?last=zzz", []),
    ],
)
def test_tags_in_order(tagged: Pusher, query: str, tags: list[str]) -> None:
    """Tags come in lexical order, as many as asked for, from where asked for."""
    assert tagged.http.get(f"/v2/shop/tags/list{query}").json() == {"name": "shop", "tags": tags}


def test_pages_of_tags_lead_to_each_other(tagged: Pusher) -> None:
    """Each page but the last one links to the next."""
    where, seen = "/v2/shop/tags/list?n=2", []
    while where:
        page = tagged.http.get(where)
        seen += page.json()["tags"]
        where = page.links.get("next", {}).get("url", "")
    assert seen == ["1.1", "1.10", "1.2", "latest"]


def test_a_name_that_nobody_pushed(tagged: Pusher) -> None:
    """An unknown name has no list of tags, not an empty one."""
    answer = tagged.http.get("/v2/other/tags/list")
    assert (answer.status_code, code_of(answer)) == (404, "NAME_UNKNOWN")
    assert tagged.http.get("/v2/shop/tags/list?n=many").status_code == 400


def referrer(pusher: Pusher, subject: bytes, artifact_type: str, note: str) -> str:
    """Push something that refers to a manifest; its digest."""
    described = Descriptor(media_type=MANIFEST, digest=digest_of(subject), size=len(subject))
    raw = json.loads(pusher.image(note.encode(), described, artifact_type))
    raw["annotations"] = {"note": note}
    content = json.dumps(raw).encode()
    answer = pusher.manifest(content)
    assert answer.headers["oci-subject"] == digest_of(subject)
    return digest_of(content)


def test_what_refers_to_a_manifest(pusher: Pusher) -> None:
    """Referrers are listed with type, size and annotations, also before their subject is there."""
    subject = pusher.image()
    digests = {referrer(pusher, subject, SBOM, "one"), referrer(pusher, subject, SIGNATURE, "two")}
    answer = pusher.http.get(f"/v2/shop/referrers/{digest_of(subject)}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, INDEX)
    found = answer.json()["manifests"]
    assert {each["digest"] for each in found} == digests
    assert {(each["artifactType"], each["annotations"]["note"]) for each in found} == {
        (SBOM, "one"),
        (SIGNATURE, "two"),
    }
    assert all(each["mediaType"] == MANIFEST and each["size"] > 0 for each in found)


def test_referrers_of_one_type(pusher: Pusher) -> None:
    """A filter is applied, and said to be."""
    subject = pusher.image()
    referrer(pusher, subject, SBOM, "one")
    digest = referrer(pusher, subject, SIGNATURE, "two")
    answer = pusher.http.get(f"/v2/shop/referrers/{digest_of(subject)}", params={"artifactType": SIGNATURE})
    assert answer.headers["oci-filters-applied"] == "artifactType"
    assert [each["digest"] for each in answer.json()["manifests"]] == [digest]


def test_a_type_that_is_not_said_is_the_configurations(pusher: Pusher) -> None:
    """Without an artifactType the configuration's media type stands for it."""
    subject = pusher.image()
    referrer(pusher, subject, "", "one")
    (found,) = pusher.http.get(f"/v2/shop/referrers/{digest_of(subject)}").json()["manifests"]
    assert found["artifactType"] == "application/vnd.oci.image.config.v1+json"


def test_what_nothing_refers_to(pusher: Pusher) -> None:
    """No referrers are an empty list, no error; and a deleted one is gone."""
    subject = pusher.image()
    digest = referrer(pusher, subject, SBOM, "one")
    pusher.http.delete(f"/v2/shop/manifests/{digest}")
    answer = pusher.http.get(f"/v2/shop/referrers/{digest_of(subject)}")
    assert (answer.status_code, answer.json()["manifests"]) == (200, [])
    assert pusher.http.get("/v2/shop/referrers/sha256:abc").status_code == 400
