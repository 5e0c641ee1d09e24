"""in-toto statements that carry SLSA provenance: how an artifact was made, as the field writes it down.

Source: in-toto Attestation Framework v1 (Statement), SLSA 1.0 "provenance/v1" predicate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from andon.kernel.errors import Invalid
from andon.standards.oci import parse_object, print_json

#: the payload type of a statement in a signing envelope, and the artifact type of its referrer
MEDIA_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
SLSA_PROVENANCE = "https://slsa.dev/provenance/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Something that went into a build: a commit, a base image."""

    uri: str
    #: algorithm and hexadecimal digest: ("gitCommit", "a81f…")
    digest: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceStatement:
    """A statement: this subject was made so."""

    subject_name: str
    #: sha256 in hexadecimal
    subject_sha256: str
    build_type: str
    #: what the build was asked to do, in the build type's own words
    external_parameters: tuple[tuple[str, str], ...]
    materials: tuple[Material, ...]
    builder_id: str
    invocation_id: str
    #: RFC 3339
    started_on: str


def print_provenance(statement: ProvenanceStatement) -> bytes:
    """The statement as JSON; the same statement has the same bytes."""
    return print_json(
        {
            "_type": STATEMENT,
            "subject": [{"name": statement.subject_name, "digest": {"sha256": statement.subject_sha256}}],
            "predicateType": SLSA_PROVENANCE,
            "predicate": {
                "buildDefinition": {
                    "buildType": statement.build_type,
                    "externalParameters": dict(statement.external_parameters),
                    "resolvedDependencies": [
                        {"uri": each.uri, "digest": {each.digest[0]: each.digest[1]}} for each in statement.materials
                    ],
                },
                "runDetails": {
                    "builder": {"id": statement.builder_id},
                    "metadata": {"invocationId": statement.invocation_id, "startedOn": statement.started_on},
                },
            },
        }
    )


def parse_provenance(content: bytes) -> ProvenanceStatement:
    """A statement with one subject and SLSA provenance. Errors: Invalid."""
    raw = parse_object(content, "in-toto statement")
    if raw.get("_type") != STATEMENT or raw.get("predicateType") != SLSA_PROVENANCE:
        raise Invalid("The statement is no in-toto v1 statement with SLSA v1 provenance.")
    subjects = _list(raw, "subject")
    if len(subjects) != 1:
        raise Invalid("The statement must have exactly one subject.")
    predicate = _object(raw, "predicate")
    definition, details = _object(predicate, "buildDefinition"), _object(predicate, "runDetails")
    metadata = _object(details, "metadata")
    return ProvenanceStatement(
        subject_name=_text(subjects[0], "name"),
        subject_sha256=_text(_object(subjects[0], "digest"), "sha256"),
        build_type=_text(definition, "buildType"),
        external_parameters=tuple(
            sorted((key, str(value)) for key, value in _object(definition, "externalParameters").items())
        ),
        materials=tuple(_material(each) for each in _list(definition, "resolvedDependencies")),
        builder_id=_text(_object(details, "builder"), "id"),
        invocation_id=_text(metadata, "invocationId"),
        started_on=_text(metadata, "startedOn"),
    )


def _material(raw: Mapping[str, object]) -> Material:
    digest = _object(raw, "digest")
    if len(digest) != 1:
        raise Invalid("A dependency in the statement must have one digest.")
    algorithm = next(iter(digest))
    return Material(uri=_text(raw, "uri"), digest=(algorithm, _text(digest, algorithm)))


def _object(raw: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = raw.get(key)
    if not isinstance(value, dict):
        raise Invalid(f"The statement's {key} must be an object.")
    return cast(Mapping[str, object], value)


def _list(raw: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Invalid(f"The statement's {key} must be a list of objects.")
    return value


def _text(raw: Mapping[str, object], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str):
        raise Invalid(f"The statement's {key} must be text.")
    return value
