"""A number's definition in words, put together from the choices that it follows."""

from __future__ import annotations

from andon.kernel.words import duration
from andon.tools.measurement.model.numbers.definitions import Definition

_MIDDLES = {"median": "Median", "lower median": "Lower median", "mean": "Mean"}
_FROM = {
    "committed": "from the commit (committer date)",
    "authored": "from the commit (author date)",
    "first commit": "from its first commit as authored, or from when it was opened where that is not known,",
    "merged": "from its merge",
}
_DEPLOYMENTS = {
    "effective": "successful deployments that changed what runs here (a redeploy of the same revision does not count)",
    "successful": "successful deployments here, redeploys of the same revision too",
}


def counted(number: int, things: str) -> str:
    """A count with its noun, which is given for many: "1 commit", "1,204 commits"."""
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"


def lead_words(by: Definition) -> str:
    """Change lead time."""
    start, end = _FROM[by.lead_from], "to the end of the first successful deployment that brought it here"
    if by.attribution == "previous":
        end = "to the end of the successful deployment that has it while the one before has not"
    merges = "Merge commits count too." if by.merges else "Merge commits do not count."
    seed = "The first deployment of a place has no lead time: what was new in it is unknown."
    minutes = " Whole minutes, rounded up." if by.whole_minutes else ""
    if by.lead_of == "changes":
        return f"{_MIDDLES[by.middle]} time of merged changes {start} {end}. {seed}{minutes}"
    if by.lead_of == "deployments":
        return (
            f"Mean time of the commits of a deployment {start} {end}; then the median over deployments. {merges} {seed}"
        )
    return f"{_MIDDLES[by.middle]} time {start} {end}. {merges} {seed}"


def frequency_words(by: Definition) -> str:
    """Deployment frequency."""
    what = _DEPLOYMENTS[by.deployments]
    if by.frequency == "days a week":
        return f"{_MIDDLES[by.middle]} over weeks, Monday to Sunday in UTC, of the days with {what}."
    whole = ", cut to a whole number" if by.frequency == "whole per day" else ""
    return f"Number of {what}, divided by the days of the window, weekends included{whole}."


def failed_words(by: Definition) -> str:
    """What a failed deployment is."""
    mends = "a later one says that it mends it, or it was undone by going back to an earlier revision"
    if by.causes == "rollbacks":
        return f"A deployment failed when {mends}."
    window = f"within {duration(by.within)}" if by.within else "however long after"
    newest = f"it is the newest one before an incident, {window}"
    if by.causes == "latest before":
        return f"A deployment failed when {newest}; this is inferred."
    return (
        f"A deployment failed when an incident names it as a cause, or {mends}; or, inferred where an incident names "
        f"no cause, when {newest}."
    )


def fail_rate_words(by: Definition) -> str:
    """Change fail rate."""
    what = _DEPLOYMENTS[by.deployments]
    if by.fail_rate == "incidents of all":
        return f"Number of incidents divided by the number of {what}: it can exceed 100 %."
    own = ", remediations left out" if by.fail_rate == "failed of own" else ""
    return f"Failed deployments divided by {what}{own}. {failed_words(by)}"


def recovery_words(by: Definition) -> str:
    """Failed deployment recovery time."""
    middle = _MIDDLES[by.middle]
    return {
        "to restored": (
            f"{middle} time from the end of a failed deployment to the first of: a deployment that mends it is done, "
            f"all incidents that it caused are mitigated or resolved. {failed_words(by)}"
        ),
        "to resolved": (
            f"{middle} time from the end of a failed deployment until the last incident held against it was resolved. "
            f"{failed_words(by)}"
        ),
        "to remediation": (
            f"{middle} time from the end of a failed deployment to the end of the deployment that mends it or goes "
            f"back. {failed_words(by)}"
        ),
        "incident": f"{middle} time from an incident's beginning until it was resolved, whatever caused it.",
        "from the earlier": (
            f"{middle} time until an incident was resolved, from its beginning or from the end of the deployment that "
            "it is held against, whichever is earlier."
        ),
    }[by.recovery]


def rework_words(by: Definition) -> str:
    """Deployment rework rate."""
    return (
        "Unplanned deployments (they repair another deployment or an incident, or go back to an earlier "
        f"revision) divided by {_DEPLOYMENTS[by.deployments]}."
    )


BETWEEN_WORDS = (
    "Time of the window in which no incident lasted, divided by the incidents that began in it. An incident lasts "
    "until it is mitigated or resolved."
)
CYCLE_CHANGES_WORDS = (
    "Median time of merged changes from their first commit as authored, or from when they were opened where that is "
    "not known, to the end of the first successful deployment that brought them here."
)
CYCLE_COMMITS_WORDS = (
    "Median time from the commit (author date) to the end of the first successful deployment that brought it here, "
    "because no changes (pull requests) of this repository are known. Merge commits do not count."
)
