"""OCI formats."""

from __future__ import annotations

import contextlib
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.oci import (
    CONFIG,
    INDEX,
    LAYER_TAR,
    MANIFEST,
    Descriptor,
    ImageConfig,
    Manifest,
    digest_of,
    effective_artifact_type,
    is_name,
    is_tag,
    parse_config,
    parse_content_digest,
    parse_manifest,
    print_config,
    print_manifest,
    print_referrers,
)

TEXTS = st.text(max_size=20)
PAIRS = st.dictionaries(TEXTS, TEXTS, max_size=3).map(lambda pairs: tuple(sorted(pairs.items())))
DESCRIPTORS = st.builds(
    Descriptor,
    media_type=st.sampled_from([LAYER_TAR, CONFIG, "application/json"]),
    digest=st.binary(max_size=4).map(digest_of),
    size=st.integers(0, 2**40),
    artifact_type=TEXTS,
    annotations=PAIRS,
)
IMAGES = st.builds(
    Manifest,
    media_type=st.just(MANIFEST),
    config=DESCRIPTORS,
    layers=st.lists(DESCRIPTORS, max_size=3).map(tuple),
    manifests=st.just(()),
    subject=st.none() | DESCRIPTORS,
    artifact_type=TEXTS,
    annotations=PAIRS,
)
INDEXES = st.builds(
    Manifest,
    media_type=st.just(INDEX),
    config=st.none(),
    layers=st.just(()),
    manifests=st.lists(DESCRIPTORS, max_size=3).map(tuple),
    subject=st.none() | DESCRIPTORS,
    artifact_type=TEXTS,
    annotations=PAIRS,
)
NAMES = st.text("ABCXYZ_", min_size=1, max_size=8)
CONFIGS = st.builds(
    ImageConfig,
    created=st.just("2026-03-02T09:14:00Z"),
    architecture=st.sampled_from(["amd64", "arm64"]),
    command=st.lists(TEXTS, max_size=3).map(tuple),
    entrypoint=st.lists(TEXTS, max_size=3).map(tuple),
    env=st.lists(st.tuples(NAMES, TEXTS), max_size=3).map(tuple),
    working_dir=st.sampled_from(["/", "/app"]),
    user=TEXTS,
    labels=PAIRS,
    diff_ids=st.lists(st.binary(max_size=4).map(digest_of), max_size=3).map(tuple),
)


@given(IMAGES | INDEXES)
def test_a_manifest_is_read_as_it_was_written(manifest: Manifest) -> None:
    """Printed, parsed and printed again it is the same, byte for byte."""
    content = print_manifest(manifest)
    assert parse_manifest(content) == manifest
    assert print_manifest(parse_manifest(content)) == content


@given(CONFIGS)
def test_a_configuration_is_read_as_it_was_written(config: ImageConfig) -> None:
    """Printed, parsed and printed again it is the same."""
    assert parse_config(print_config(config)) == config


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | TEXTS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each)).map(
        lambda raw: json.dumps(raw).encode()
    )
)
def test_nonsense_is_invalid_and_nothing_worse(content: bytes) -> None:
    """Whatever comes, it is a manifest or it is Invalid."""
    for parse in (parse_manifest, parse_config):
        with contextlib.suppress(Invalid):
            parse(content)


@pytest.mark.parametrize(
    "change",
    [
        {"config": []},
        {"config": {"digest": "sha256:1", "size": 1, "mediaType": "x"}},
        {"layers": {"a": 1}},
        {"layers": [1]},
        {"layers": [{"digest": digest_of(b""), "size": -1}]},
        {"layers": [{"digest": digest_of(b""), "size": True}]},
        {"layers": [{"digest": digest_of(b""), "size": "1"}]},
        {"annotations": {"a": 1}},
        {"annotations": ["a"]},
        {"mediaType": 7},
        {"subject": "x"},
    ],
)
def test_what_a_manifest_may_not_say(change: dict[str, object]) -> None:
    """Each wrong part alone makes it invalid."""
    with pytest.raises(Invalid):
        parse_manifest(json.dumps({"schemaVersion": 2, **change}).encode())


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("shop", True),
        ("team/shop", True),
        ("a__b/c-d.e", True),
        ("Shop", False),
        ("shop/", False),
        ("../shop", False),
        ("-shop", False),
        ("a" * 256, False),
        ("", False),
    ],
)
def test_names(name: str, good: bool) -> None:
    """As the distribution standard has them."""
    assert is_name(name) is good


def test_tags_and_digests() -> None:
    """As the distribution standard has them."""
    assert is_tag("1.15")
    assert is_tag("_x")
    assert not is_tag(".x")
    assert not is_tag("x" * 129)
    assert parse_content_digest(digest_of(b"x", "sha512")) == f"sha512:{hashlib.sha512(b'x').hexdigest()}"
    with pytest.raises(Invalid, match="expected sha256"):
        parse_content_digest("sha256:XYZ")


def test_a_type_that_is_not_said() -> None:
    """An image without an artifact type is known by its configuration's; an index has none."""
    config = Descriptor(media_type=CONFIG, digest=digest_of(b""), size=0)
    assert effective_artifact_type(Manifest(media_type=MANIFEST, config=config)) == CONFIG
    assert effective_artifact_type(Manifest(media_type=MANIFEST, config=config, artifact_type="x")) == "x"
    assert effective_artifact_type(Manifest(media_type=INDEX)) == ""


def test_foreign_layers_lie_elsewhere() -> None:
    """By their type, or because they say where."""
    layer = {"digest": digest_of(b""), "size": 0, "mediaType": LAYER_TAR}
    foreign = {**layer, "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}
    content = {"schemaVersion": 2, "layers": [layer, foreign, {**layer, "urls": ["http://x"]}]}
    parsed = parse_manifest(json.dumps(content).encode())
    assert [each.elsewhere for each in parsed.layers] == [False, True, True]


def test_an_answer_about_referrers_is_an_index() -> None:
    """As the distribution standard has it."""
    found = Descriptor(media_type=MANIFEST, digest=digest_of(b""), size=3, artifact_type="x", annotations=(("a", "b"),))
    said = json.loads(print_referrers([found]))
    assert (said["schemaVersion"], said["mediaType"]) == (2, INDEX)
    assert parse_manifest(print_referrers([found])).manifests == (found,)
