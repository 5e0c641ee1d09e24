"""What a git repository tells beside its commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.ids import CommitId, RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A name that somebody gave to a commit."""

    name: str
    commit: CommitId
    #: when it was set; for one that does not say, the committer time of its commit
    at: datetime
    #: does it say when and by whom it was set
    annotated: bool
    #: who set it; "" when it does not say
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRead:
    """What was found in a repository beside the commits."""

    name: RepositoryName
    #: path or address, without passwords
    where: str
    #: the main branch: "main", "origin/main"; "" when there is none
    trunk: str
    #: the trunk's newest commit
    head: CommitId | None
    #: is the history cut off
    shallow: bool
    tags: tuple[Tag, ...]
    #: tags that lead to no commit
    dangling: tuple[str, ...] = ()
    #: where people look at it: "https://forge.example/ada/shop"; "" when nobody knows
    web: str = ""
