"""The facts that everything is measured from, whichever tool told them. Times are UTC, ids unique over all sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName

#: "<source>/<id there>": "tags/release_451", "ledger/production/shop/7", "our-github/deployment/1186"
FactId = NewType("FactId", str)

#: how something ended; "failure": it did not do what it should, "error": the tool failed, "cancel": somebody stopped it
Outcome = Literal["success", "failure", "error", "cancel"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """One service in one environment: what DORA's numbers are about."""

    service: ServiceName
    environment: EnvironmentName


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit of a repository, as git has it."""

    repository: RepositoryName
    id: CommitId
    #: more than one for a merge
    parents: tuple[CommitId, ...]
    committed_at: datetime
    authored_at: datetime
    author: str = ""
    #: first line of its message
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A revision was put into a place, or was tried to be."""

    id: FactId
    place: Place
    repository: RepositoryName
    #: "" when the source does not say
    commit: CommitId
    #: identifies the revision: the artifact's digest, else the commit
    digest: str
    #: as people call it: "2.15", "release_451"; "" when it has no name
    version: str = ""
    started_at: datetime | None = None
    finished_at: datetime
    outcome: Outcome = "success"
    #: for one that did not succeed: why, in words
    reason: str = ""
    #: deployments or incidents that this one mends, as the deployer or a person said it: explicit, never guessed
    mends: tuple[FactId, ...] = ()
    #: the deployer says that it went back to an earlier revision
    rollback: bool = False
    #: who asked for it
    by: str = ""
    #: which line of releases it belongs to, where several are kept up side by side; "" for the only one
    line: str = ""
    #: where to go and see: an address, or a path on this server
    link: str = ""
    #: when its source said so; of two tellings of one fact the later one counts. None: the one that came last
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An unplanned interruption or loss of quality."""

    id: FactId
    #: environment "" when the source does not say
    place: Place
    title: str
    detected_at: datetime
    #: when the harm ended, where it is known apart from the resolution
    mitigated_at: datetime | None = None
    #: None while it lasts
    resolved_at: datetime | None = None
    severity: str = ""
    #: deployments that somebody or something named as a cause: explicit
    caused_by: tuple[FactId, ...] = ()
    link: str = ""
    #: when its source said so; of two tellings of one fact the later one counts. None: the one that came last
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Labelled:
    """A label was put on a change, or taken off."""

    at: datetime
    label: str
    #: False: taken off
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A proposed edit: a push to trunk, a pull request, a merge request."""

    id: FactId
    repository: RepositoryName
    title: str
    author: str
    #: authored time of its first commit; None when nobody knows
    first_commit_at: datetime | None = None
    #: when somebody asked for it, such as by the issue that it closes
    asked_at: datetime | None = None
    #: when somebody decided to do it
    planned_at: datetime | None = None
    opened_at: datetime
    first_review_at: datetime | None = None
    #: when it landed in trunk; None when it has not
    merged_at: datetime | None = None
    #: when it was given up without landing
    abandoned_at: datetime | None = None
    #: its newest own commit
    head: CommitId | None = None
    #: the commit by which it landed
    merge_commit: CommitId | None = None
    #: who let it in
    merged_by: str = ""
    #: in the order of time
    labels: tuple[Labelled, ...] = ()
    link: str = ""
    #: when its source said so; of two tellings of one fact the later one counts. None: the one that came last
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTime:
    """One task of a run."""

    name: str
    needs: tuple[str, ...] = ()
    #: when it could have begun: its run was queued, or what it needs was done
    ready_at: datetime
    started_at: datetime
    finished_at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a pipeline."""

    id: FactId
    repository: RepositoryName
    commit: CommitId
    pipeline: str = ""
    trunk: bool = True
    queued_at: datetime
    #: None when it never began
    started_at: datetime | None = None
    #: None while it runs
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    tasks: tuple[TaskTime, ...] = ()
    #: which attempt at the same commit and pipeline this is, counted from 1
    attempt: int = 1
    link: str = ""
    #: when its source said so; of two tellings of one fact the later one counts. None: the one that came last
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """An artifact was published: built once, from one commit."""

    id: FactId
    service: ServiceName
    repository: RepositoryName
    commit: CommitId
    digest: str
    version: str
    at: datetime
    #: signed statement how it was made; False when there is none
    provenance: bool
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionOffer:
    """A revision was ready for a place and waited for a person."""

    id: FactId
    place: Place
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A flag was changed."""

    id: FactId
    place: Place
    flag: str
    #: in words: "on for 25 %"
    what: str
    at: datetime
    by: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityFinding:
    """A weakness that a scanner or a person found."""

    id: FactId
    repository: RepositoryName
    title: str
    severity: str
    opened_at: datetime
    #: None while it is open
    fixed_at: datetime | None = None
    #: when somebody said that it is none, or may stay; None when nobody did
    dismissed_at: datetime | None = None
    link: str = ""
    #: when its source said so; of two tellings of one fact the later one counts. None: the one that came last
    told_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Was it known by then, and neither fixed nor dismissed?"""
        gone = (self.fixed_at, self.dismissed_at)
        return self.opened_at <= at and all(end is None or end > at for end in gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRefusal:
    """A rule said no."""

    id: FactId
    rule: str
    what: str
    by: str
    at: datetime
    link: str = ""


Fact = (
    Commit | Deployment | Incident | Change | Run | Publication | PromotionOffer | Flip | SecurityFinding | RuleRefusal
)
