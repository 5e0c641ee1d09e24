"""Ids as types: a Digest cannot be passed where a CommitId is meant."""

from __future__ import annotations

import re
from typing import NewType

from andon.kernel.errors import Invalid

EventId = NewType("EventId", str)  #: of one ledger entry
StreamId = NewType("StreamId", str)  #: "<kind>/<key>", one noun's history: "run/815"
ChainId = NewType("ChainId", str)  #: the change an event belongs to: "shop@a81f3c…"; "" when none
EffectKey = NewType("EffectKey", str)  #: of one wish; doing a key twice is harmless
Actor = NewType("Actor", str)  #: who: "ada", "run/815", "andon/flow"

RepositoryName = NewType("RepositoryName", str)
CommitId = NewType("CommitId", str)  #: 40 (or 64) lower-case hex digits
BranchName = NewType("BranchName", str)  #: without refs/heads/
RunNumber = NewType("RunNumber", int)  #: counted from 1 over the whole server
TaskName = NewType("TaskName", str)
ArtifactName = NewType("ArtifactName", str)
Digest = NewType("Digest", str)  #: "sha256:" and 64 lower-case hex digits
Version = NewType("Version", str)  #: given once, to one digest: "1.15"
EnvironmentName = NewType("EnvironmentName", str)
ServiceName = NewType("ServiceName", str)
AccountName = NewType("AccountName", str)

NO_CHAIN = ChainId("")

#: who does what follows from an event, and who reports what came of an effect
FLOW = Actor("andon/flow")
ENGINE = Actor("andon/engine")

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def parse_name(text: str, what: str) -> str:
    """A name of a repository, service, environment, task or account: lower-case letters, digits and . _ - inside.

    Errors: Invalid, with `what` naming the thing.
    """
    if not _NAME.fullmatch(text) or ".." in text:
        raise Invalid(
            f'"{text[:80]}" is no name for {what}: use 1 to 64 of a-z 0-9 . _ - and begin and end with one of a-z 0-9.'
        )
    return text


def parse_commit(text: str) -> CommitId:
    """A full commit id. Errors: Invalid."""
    if not _COMMIT.fullmatch(text):
        raise Invalid(f'"{text[:80]}" is no commit id: expected 40 hexadecimal digits.')
    return CommitId(text)


def parse_digest(text: str) -> Digest:
    """A sha256 digest. Errors: Invalid."""
    if not _DIGEST.fullmatch(text):
        raise Invalid(f'"{text[:80]}" is no digest: expected sha256: and 64 hexadecimal digits.')
    return Digest(text)


def stream(kind: str, key: str | int) -> StreamId:
    """The stream of one noun: stream("run", 815) is "run/815"."""
    return StreamId(f"{kind}/{key}")


def stream_kind(of: StreamId) -> str:
    """The noun's kind: the part before the first slash."""
    return of.partition("/")[0]


def stream_key(of: StreamId) -> str:
    """What distinguishes this noun from others of its kind: the part after the first slash."""
    return of.partition("/")[2]


def chain_of(repository: RepositoryName, commit: CommitId) -> ChainId:
    """The chain of a change: every event that follows from this commit carries it."""
    return ChainId(f"{repository}@{commit}")


def chain_in(event: object) -> ChainId:
    """The chain of an event that names its own change by repository and commit; NO_CHAIN for others."""
    repository, commit = getattr(event, "repository", None), getattr(event, "commit", None)
    return chain_of(repository, commit) if repository and commit else NO_CHAIN


def short(commit_or_digest: str) -> str:
    """Seven digits of a commit or digest, for people."""
    return commit_or_digest.removeprefix("sha256:")[:7]
