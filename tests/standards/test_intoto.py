"""in-toto statements with SLSA provenance."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.intoto import Material, ProvenanceStatement, parse_provenance, print_provenance

TEXTS = st.text(max_size=20)
STATEMENTS = st.builds(
    ProvenanceStatement,
    subject_name=TEXTS,
    subject_sha256=TEXTS,
    build_type=TEXTS,
    external_parameters=st.dictionaries(TEXTS, TEXTS, max_size=3).map(lambda pairs: tuple(sorted(pairs.items()))),
    materials=st.lists(st.builds(Material, uri=TEXTS, digest=st.tuples(TEXTS, TEXTS)), max_size=3).map(tuple),
    builder_id=TEXTS,
    invocation_id=TEXTS,
    started_on=TEXTS,
)
EXAMPLE = ProvenanceStatement(
    subject_name="shop",
    subject_sha256="1" * 64,
    build_type="https://andon.dev/pipeline/v1",
    external_parameters=(("repository", "shop"),),
    materials=(Material(uri="git+andon:shop", digest=("gitCommit", "a" * 40)),),
    builder_id="http://127.0.0.1:8600",
    invocation_id="run/815",
    started_on="2026-03-02T09:14:00+00:00",
)


@given(STATEMENTS)
def test_a_statement_is_read_as_it_was_written(statement: ProvenanceStatement) -> None:
    """Nothing is lost, and the same statement has the same bytes."""
    assert parse_provenance(print_provenance(statement)) == statement


def test_the_shape_is_the_standards() -> None:
    """Field by field as in-toto and SLSA name them."""
    said = json.loads(print_provenance(EXAMPLE))
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://slsa.dev/provenance/v1"
    assert said["subject"] == [{"name": "shop", "digest": {"sha256": "1" * 64}}]
    definition, details = said["predicate"]["buildDefinition"], said["predicate"]["runDetails"]
    assert definition["resolvedDependencies"] == [{"uri": "git+andon:shop", "digest": {"gitCommit": "a" * 40}}]
    assert (definition["buildType"], definition["externalParameters"]) == (EXAMPLE.build_type, {"repository": "shop"})
    assert details["builder"] == {"id": "http://127.0.0.1:8600"}
    assert details["metadata"] == {"invocationId": "run/815", "startedOn": "2026-03-02T09:14:00+00:00"}


@pytest.mark.parametrize("missing", ["_type", "predicateType", "subject", "predicate"])
def test_a_statement_needs_all_its_parts(missing: str) -> None:
    """What is missing is told."""
    said = json.loads(print_provenance(EXAMPLE))
    del said[missing]
    with pytest.raises(Invalid):
        parse_provenance(json.dumps(said).encode())


@given(st.recursive(st.none() | st.integers() | TEXTS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each)))
def test_a_predicate_of_any_shape_is_invalid_and_nothing_worse(predicate: object) -> None:
    """A stranger's predicate cannot break the reader."""
    said = json.loads(print_provenance(EXAMPLE)) | {"predicate": predicate}
    with pytest.raises(Invalid):
        parse_provenance(json.dumps(said).encode())
