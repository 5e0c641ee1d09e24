"""Whose definitions a number follows: each is a few choices, and the words for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from andon.kernel.errors import Invalid
from andon.standards.shapes import did_you_mean

LeadOf = Literal["commits", "deployments", "changes"]
LeadFrom = Literal["committed", "authored", "first commit", "merged"]
Frequency = Literal["per day", "days a week", "whole per day"]
Causes = Literal["explicit first", "latest before", "rollbacks"]
FailRate = Literal["failed of own", "failed of all", "incidents of all"]
Blames = Literal["what was undone", "next after target"]
Recovery = Literal["to restored", "to resolved", "to remediation", "incident", "from the earlier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What is counted, from what to what, and how single values are put together."""

    #: what `--as` takes
    name: str
    title: str
    #: what sets it apart, in a few sentences
    words: str
    #: what a lead time is of
    lead_of: LeadOf = "commits"
    #: where it begins
    lead_from: LeadFrom = "committed"
    #: "first": a commit counts with the first deployment that brought it; "previous": with every deployment that has
    #: it while the one before has not, so that it counts again after a step back
    attribution: Literal["first", "previous"] = "first"
    #: are merge commits counted?
    merges: bool = False
    middle: Literal["median", "lower median", "mean"] = "median"
    #: are times rounded up to whole minutes?
    whole_minutes: bool = False
    frequency: Frequency = "per day"
    #: "effective": what changed what runs; "successful": a redeploy of the same too
    deployments: Literal["effective", "successful"] = "effective"
    #: what a failed deployment is known by
    causes: Causes = "explicit first"
    #: which deployment a step back is held against: the first that it undid, or the first after the newest time that
    #: what it went back to was there, which may be a step back itself
    blames: Blames = "what was undone"
    #: how long after a deployment an incident that names no cause is held against it; None for ever
    within: timedelta | None = timedelta(hours=24)
    fail_rate: FailRate = "failed of own"
    recovery: Recovery = "to restored"


_ALL = (
    Definition(
        name="dora",
        title="DORA",
        words=(
            "DORA's metrics as its guide words them, for one service in one environment. A commit counts once, with "
            "the first deployment that brought it. A redeploy of the same revision is no deployment. Causes that "
            "somebody named come before those that are inferred from an incident within 24 hours."
        ),
    ),
    Definition(
        name="devlake",
        title="Apache DevLake",
        words=(
            "A lead time is of a merged change (pull request), from its first commit as authored to its deployment, "
            "in whole minutes, rounded up; the median is the lower one. Frequency is the median number of days with a"
            " deployment in a week. An incident is held against the newest successful deployment before it, however "
            "long ago."
        ),
        lead_of="changes",
        lead_from="first commit",
        attribution="previous",
        middle="lower median",
        whole_minutes=True,
        frequency="days a week",
        deployments="successful",
        causes="latest before",
        within=None,
        fail_rate="failed of all",
        recovery="to resolved",
    ),
    Definition(
        name="datadog",
        title="Datadog",
        words=(
            "A lead time is of a deployment: the mean over its commits, merges left out, that the deployment before "
            "has not; then the median over deployments. A deployment failed when it was rolled back or another one "
            "mends it. A step back blames the first deployment after its target, as documented there: V1, V2, V3, V1 "
            "blames V2, and V1, V2, V1, V3, V2 blames the second V1, which DORA here does not."
        ),
        lead_of="deployments",
        attribution="previous",
        deployments="successful",
        causes="rollbacks",
        blames="next after target",
        fail_rate="failed of all",
        recovery="to remediation",
    ),
    Definition(
        name="gitlab",
        title="GitLab",
        words=(
            "A lead time is of a merged change (merge request), from the merge to the deployment: the time to write "
            "and review it is not in it. The fail rate divides incidents, not failed deployments, by deployments and "
            "can exceed 100 %. Recovery is how long incidents were open."
        ),
        lead_of="changes",
        lead_from="merged",
        deployments="successful",
        causes="latest before",
        within=None,
        fail_rate="incidents of all",
        recovery="incident",
    ),
    Definition(
        name="four-keys",
        title="Google Four Keys",
        words=(
            "A lead time is of a commit, merge commits too. Frequency is the median number of days with a deployment "
            "in a week. The fail rate divides incidents by deployments and can exceed 100 %. Recovery runs from the "
            "incident or the deployment, whichever is earlier, until the incident is resolved. Four Keys itself loses"
            " commits of earlier pushes; here none is lost."
        ),
        merges=True,
        frequency="days a week",
        deployments="successful",
        causes="latest before",
        within=None,
        fail_rate="incidents of all",
        recovery="from the earlier",
    ),
    Definition(
        name="middleware",
        title="Middleware",
        words=(
            "A lead time is of a merged change (pull request), from its first commit to its deployment; numbers are "
            "means. Deployments a day are cut to a whole number. An incident is held against the newest successful "
            "deployment before it, however long ago; recovery is how long incidents were open. Middleware picks "
            "changes by the time of their merge, here it is the time of their deployment."
        ),
        lead_of="changes",
        lead_from="first commit",
        middle="mean",
        frequency="whole per day",
        deployments="successful",
        causes="latest before",
        within=None,
        fail_rate="failed of all",
        recovery="incident",
    ),
)

#: by name, in the order in which they are offered
DEFINITIONS: dict[str, Definition] = {one.name: one for one in _ALL}


def definition(name: str) -> Definition:
    """The definition with this name. Errors: Invalid, with the nearest name."""
    found = DEFINITIONS.get(name)
    if found is None:
        hint = did_you_mean(name, DEFINITIONS) or f"Known here: {', '.join(DEFINITIONS)}."
        raise Invalid(f'"{name[:80]}" is no definition that numbers can follow. {hint}')
    return found
