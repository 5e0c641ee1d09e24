"""Provenance and the statement it is written as."""

from __future__ import annotations

from dataclasses import replace

import pytest

from andon.kernel.errors import Invalid
from andon.kernel.ids import ArtifactName, BranchName, CommitId, Digest, RepositoryName, RunNumber
from andon.standards.intoto import parse_provenance, print_provenance
from andon.tools.artifacts.model.provenance import Provenance, from_statement, to_statement

from ..conftest import NOW

PROVENANCE = Provenance(
    artifact=ArtifactName("shop"),
    digest=Digest("sha256:" + "1" * 64),
    repository=RepositoryName("shop"),
    commit=CommitId("a" * 40),
    branch=BranchName("trunk"),
    run=RunNumber(815),
    path="dist",
    base="base@sha256:" + "2" * 64,
    builder="http://127.0.0.1:8600",
    started_at=NOW,
)


@pytest.mark.parametrize("provenance", [PROVENANCE, replace(PROVENANCE, base="")])
def test_what_is_written_is_read_again(provenance: Provenance) -> None:
    """Through the statement's bytes and back nothing is lost."""
    content = print_provenance(to_statement(provenance))
    assert from_statement(parse_provenance(content)) == provenance
    assert content == print_provenance(to_statement(provenance))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("andon.dev/pipeline/v1", "example.com/other"),
        ("run/815", "815 or so"),
        ("provenance/v1", "provenance/v0.2"),
        ("in-toto.io/Statement/v1", "in-toto.io/Statement/v0.1"),
        ('"sha256":"1', '"sha256":"x'),
        ('"subject":[', '"subject":[{},'),
        ("2026-03-02T", "yesterday "),
    ],
)
def test_a_statement_that_is_not_ours_is_refused(before: str, after: str) -> None:
    """Other builders', other versions' and broken statements are no provenance of ours."""
    content = print_provenance(to_statement(PROVENANCE)).decode()
    assert before in content
    with pytest.raises(Invalid):
        from_statement(parse_provenance(content.replace(before, after).encode()))
