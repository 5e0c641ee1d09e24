"""Where an artifact comes from: the commit, the run, the base; and how that is said in an in-toto statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Invalid
from andon.kernel.ids import (
    ArtifactName,
    BranchName,
    CommitId,
    Digest,
    RepositoryName,
    RunNumber,
    parse_commit,
    parse_digest,
)
from andon.standards.intoto import Material, ProvenanceStatement

#: what the external parameters of our statements mean
BUILD_TYPE = "https://andon.dev/pipeline/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How one artifact was made."""

    artifact: ArtifactName
    digest: Digest
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    run: RunNumber
    #: the task whose output was packed, and where it lay in the checkout
    path: str
    #: "name@sha256:…" of the base image; "" when there is none
    base: str
    #: which install made it
    builder: str
    #: when the run was queued
    started_at: datetime


def to_statement(provenance: Provenance) -> ProvenanceStatement:
    """The provenance as the field writes it."""
    materials = [Material(uri=f"git+andon:{provenance.repository}", digest=("gitCommit", provenance.commit))]
    if provenance.base:
        name, _, digest = provenance.base.partition("@sha256:")
        materials.append(Material(uri=f"oci:{name}", digest=("sha256", digest)))
    return ProvenanceStatement(
        subject_name=provenance.artifact,
        subject_sha256=provenance.digest.removeprefix("sha256:"),
        build_type=BUILD_TYPE,
        external_parameters=(
            ("branch", provenance.branch),
            ("path", provenance.path),
            ("repository", provenance.repository),
        ),
        materials=tuple(materials),
        builder_id=provenance.builder,
        invocation_id=f"run/{provenance.run}",
        started_on=provenance.started_at.isoformat(),
    )


def from_statement(statement: ProvenanceStatement) -> Provenance:
    """The provenance that a statement of ours says. Errors: Invalid."""
    run = statement.invocation_id.removeprefix("run/")
    if statement.build_type != BUILD_TYPE or not statement.materials or not run.isascii() or not run.isdecimal():
        raise Invalid("The statement was not made by a run of an Andon pipeline.")
    said = dict(statement.external_parameters)
    base = next((each for each in statement.materials[1:] if each.uri.startswith("oci:")), None)
    return Provenance(
        artifact=ArtifactName(statement.subject_name),
        digest=parse_digest(f"sha256:{statement.subject_sha256}"),
        repository=RepositoryName(said.get("repository", "")),
        commit=parse_commit(statement.materials[0].digest[1]),
        branch=BranchName(said.get("branch", "")),
        run=RunNumber(int(run)),
        path=said.get("path", ""),
        base="" if base is None else f"{base.uri.removeprefix('oci:')}@sha256:{base.digest[1]}",
        builder=statement.builder_id,
        started_at=_time(statement.started_on),
    )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f'"{text[:40]}" in the statement is no time.') from error
