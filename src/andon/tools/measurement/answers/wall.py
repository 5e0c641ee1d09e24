"""For the page on the wall: throughput, stability and security of the same deployments, side by side."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from andon.tools.measurement.answers.failures import failed, failures_are_reported
from andon.tools.measurement.model.facts import Deployment, Place, Publication, RuleRefusal, SecurityFinding
from andon.tools.measurement.model.history import History, finished
from andon.tools.measurement.model.metric import Question, Window

#: of the newest deployments
SHOWN = 20
#: rules of this house that keep artifacts and rights; of others' rules, those that have one of WORDS in their names
RULES = frozenset({"built-once", "one-source", "only-ci-writes", "same-artifact", "scope-within-role", "people-log-in"})
WORDS = frozenset(
    {"signed", "signature", "provenance", "permission", "permissions", "access", "secret", "vulnerability"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """How often a rule said no."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRow:
    """One deployment, and what is known of its revision's making."""

    deployment: Deployment
    #: its artifact's provenance is signed; None when nobody published it here
    provenance: bool | None
    #: weaknesses that were open in its repository when it was deployed
    open_findings: int
    #: from the revision's publication to this deployment; None when nobody published it here
    age_seconds: float | None
    #: how it is known that it went wrong; "" where it did not, None where nobody would have told
    wrong: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What stands behind the deployments of a window."""

    #: deployments whose artifact is known here, and those of them with signed provenance
    published: int
    proven: int
    #: did anybody ever report findings? Where nobody does, none being open says nothing
    findings_told: bool
    #: of the place's repositories, at the end of the window
    open_findings: tuple[SecurityFinding, ...]
    fixed_findings: int
    #: median time from found to fixed, of those that were fixed in the window
    fix_seconds: float | None
    #: rules of security that said no in the window, the busiest first; of the whole server
    refusals: tuple[RuleCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The whole answer; throughput and stability are the numbers of the same question."""

    question: Question
    deployments: int
    #: what runs there at the end of the window; None before the first deployment
    runs: Deployment | None
    #: how long that revision has been published, and how long it has been there
    runs_age_seconds: float | None
    runs_since_seconds: float | None
    security: Security
    #: the newest first, at most SHOWN
    newest: tuple[DeploymentRow, ...]


def wall(history: History, question: Question, now: datetime) -> Wall:
    """What was delivered to the place in the window, and how it was made.

    Errors: Invalid for a definition that nobody knows.
    """
    end = min(question.window.end, question.as_of or now, now)
    window = Window(begin=question.window.begin, end=max(end, question.window.begin))
    told = history.deployments(question.place, end)
    here = told[bisect_left(told, window.begin, key=finished) :]
    made = _made(history, question.place, end)
    repositories = {one.repository for one in told}
    findings = tuple(
        one for name in sorted(repositories) for one in history.facts(SecurityFinding, name) if one.opened_at < end
    )
    runs = next((one for one in reversed(told) if one.outcome == "success"), None)
    wrong, known = failed(history, question), failures_are_reported(history, question)
    origin = made.get(runs.digest) if runs else None
    return Wall(
        question=question,
        deployments=len(here),
        runs=runs,
        runs_age_seconds=(end - origin.at).total_seconds() if origin else None,
        runs_since_seconds=(end - runs.finished_at).total_seconds() if runs else None,
        security=_security(
            window,
            findings,
            [made.get(one.digest) for one in here],
            _refusals(history, window),
            told=bool(history.facts(SecurityFinding)),
        ),
        newest=tuple(
            replace(_delivered(one, made.get(one.digest), findings), wrong=wrong.get(one.id, "" if known else None))
            for one in reversed(here[-SHOWN:])
        ),
    )


def _made(history: History, place: Place, end: datetime) -> dict[str, Publication]:
    """The publications of a service, by digest."""
    return {one.digest: one for one in history.facts(Publication, place.service) if one.at < end}


def _security(
    window: Window,
    findings: tuple[SecurityFinding, ...],
    behind: list[Publication | None],
    refusals: tuple[RuleCount, ...],
    *,
    told: bool,
) -> Security:
    ends = [(one, one.fixed_at) for one in findings]
    fixed = [(at - one.opened_at).total_seconds() for one, at in ends if at and window.holds(at)]
    still = [one for one in findings if one.is_open(window.end)]
    return Security(
        published=sum(one is not None for one in behind),
        proven=sum(one is not None and one.provenance for one in behind),
        findings_told=told,
        open_findings=tuple(sorted(still, key=lambda one: one.opened_at)),
        fixed_findings=len(fixed),
        fix_seconds=median(fixed) if fixed else None,
        refusals=refusals,
    )


def _refusals(history: History, window: Window) -> tuple[RuleCount, ...]:
    told = (one.rule for one in history.facts(RuleRefusal) if window.holds(one.at))
    rules = Counter(rule for rule in told if is_of_security(rule))
    return tuple(RuleCount(name=rule, count=count) for rule, count in rules.most_common())


def is_of_security(rule: str) -> bool:
    """Does it keep what is delivered, or who may do what? Other refusals are nobody's attack."""
    return rule in RULES or not WORDS.isdisjoint(rule.split("-"))


def _delivered(
    deployment: Deployment, made: Publication | None, findings: tuple[SecurityFinding, ...]
) -> DeploymentRow:
    at = deployment.finished_at
    still = (one for one in findings if one.is_open(at))
    return DeploymentRow(
        deployment=deployment,
        provenance=made.provenance if made else None,
        open_findings=sum(1 for _ in still),
        age_seconds=(at - made.at).total_seconds() if made else None,
        wrong=None,
    )
