"""Whose definitions a number follows: each is a few choices, and the words for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from andon.kernel.errors import Invalid
from andon.standards.shapes import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What is counted, from what to what, and how single values are put together."""

    #: what `--as` takes
    name: str
    title: str
    #: what sets it apart, in a sentence or two
    words: str
    #: what a lead time is of
    lead_of: Literal["commits", "deployments", "changes"] = "commits"
    #: where it begins
    lead_from: Literal["committed", "authored", "first commit", "merged"] = "committed"
    #: "first": a commit counts with the first deployment that brought it; "previous": with every deployment that has
    #: it and the one before has not, so that it counts again after a step back
    attribution: Literal["first", "previous"] = "first"
    #: are merge commits counted?
    merges: bool = False
    middle: Literal["median", "lower median", "mean"] = "median"
    frequency: Literal["per day", "days a week", "whole per day"] = "per day"
    #: "effective": what changed what runs; "successful": a redeploy of the same too
    deployments: Literal["effective", "successful"] = "effective"
    #: what a failed deployment is known by
    causes: Literal["explicit first", "latest before", "rollbacks"] = "explicit first"
    #: how long after a deployment an incident that names no cause is held against it; None for ever
    within: timedelta | None = timedelta(hours=24)
    fail_rate: Literal["failed of own", "failed of all", "incidents of all"] = "failed of own"
    recovery: Literal["to restored", "to resolved", "to remediation", "incident", "from the earlier"] = "to restored"


DORA = Definition(
    name="dora",
    title="DORA",
    words=(
        "DORA's five metrics as its guide words them, one service in one environment at a time; a commit counts once, "
        "with the first deployment that brought it; causes that somebody named come before causes that are inferred."
    ),
)

DEFINITIONS: dict[str, Definition] = {one.name: one for one in (DORA,)}


def definition(name: str) -> Definition:
    """The definition with this name. Errors: Invalid, with the nearest name."""
    found = DEFINITIONS.get(name)
    if found is None:
        known = ", ".join(DEFINITIONS)
        hint = did_you_mean(name, DEFINITIONS) or f"Known here: {known}."
        raise Invalid(f'"{name[:80]}" is no definition that numbers can follow. {hint}')
    return found
