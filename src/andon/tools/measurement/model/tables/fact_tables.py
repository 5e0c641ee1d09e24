"""The facts as named tables, with every column described: the data catalogue. Imports read the same names."""

from __future__ import annotations

from andon.tools.measurement.model.tables.table import FactTable, TableColumn, many, text, time, truth, whole

_OF_ALL = "the ledger of the line, connected tools, imported files"

_SERVICE = text("service", "name of the service", path="place.service")
_ENVIRONMENT = text("environment", "name of the environment", path="place.environment")
_MAYBE_ENVIRONMENT = text(
    "environment",
    "name of the environment; empty when the source does not say",
    path="place.environment",
    optional=True,
)
_REPOSITORY = text("repository", "name of the repository")
_TOLD = time("told_at", "when its source reported it; of two reports the later one counts", optional=True)
_LINK = text("link", "where to go and see it: an address, or a path on the server", optional=True)


def _id(what: str) -> TableColumn:
    return text("id", f"{what}, as <source>/<id there>; the same when it is reported again")


COMMITS = FactTable(
    name="commits",
    meaning="One commit of a repository, as git has it.",
    source="walks of git; pushes to the built-in git server",
    key=("repository", "id"),
    time="committed_at",
    columns=(
        _REPOSITORY,
        text("id", "the commit's id, 40 (or 64) hexadecimal digits"),
        many("parents", "ids of the commits before it; more than one for a merge"),
        time("committed_at", "when it was committed, by the committer's clock"),
        time("authored_at", "when it was first written, by the author's clock"),
        text("author", "who wrote it", optional=True),
        text("subject", "first line of its message", optional=True),
    ),
)

DEPLOYMENTS = FactTable(
    name="deployments",
    meaning="A revision was put into a place (a service in an environment), or was tried to be.",
    source=f"promotions in {_OF_ALL}; release tags of git",
    key=("id",),
    time="finished_at",
    columns=(
        _id("the deployment"),
        _SERVICE,
        _ENVIRONMENT,
        _REPOSITORY,
        text(
            "commit", "what was deployed was made from this commit; empty when the source does not say", optional=True
        ),
        text("digest", "identifies the revision: the artifact's digest, else the commit"),
        text("version", "as people call it", optional=True),
        time("started_at", "when it began; empty when unknown", optional=True),
        time("finished_at", "when it was done, or had failed"),
        text("outcome", "success, failure (it did not do what it should), error (the tool failed), or cancel"),
        text("reason", "why it did not succeed, in words", optional=True),
        many("mends", "ids of deployments or incidents that this one mends, as somebody said it; never guessed"),
        truth("rollback", "the deployer says that it went back to an earlier revision"),
        text("by", "who asked for it", optional=True),
        text("line", "line of releases, where several are kept up side by side; empty for the only one", optional=True),
        _LINK,
        _TOLD,
    ),
)

INCIDENTS = FactTable(
    name="incidents",
    meaning="An unplanned interruption or loss of quality.",
    source="connected alerting and paging tools, imported files",
    key=("id",),
    time="detected_at",
    columns=(
        _id("the incident"),
        _SERVICE,
        _MAYBE_ENVIRONMENT,
        text("title", "what it is called"),
        time("detected_at", "when it was noticed"),
        time("mitigated_at", "when the harm ended, where it is known apart from the resolution", optional=True),
        time("resolved_at", "when the service worked in its usual way again; empty while it lasts", optional=True),
        text("severity", "as the source says it", optional=True),
        many("caused_by", "ids of deployments that somebody or something named as a cause; never guessed"),
        _LINK,
        _TOLD,
    ),
)

CHANGES = FactTable(
    name="changes",
    meaning="A proposed edit: a push to trunk, a pull request, a merge request.",
    source=_OF_ALL,
    key=("id",),
    time="opened_at",
    columns=(
        _id("the change"),
        _REPOSITORY,
        text("title", "what it is called"),
        text("author", "who proposed it"),
        time("first_commit_at", "authored time of its first commit; empty when unknown", optional=True),
        time("asked_at", "when somebody asked for it, such as by the issue that it closes", optional=True),
        time("planned_at", "when somebody decided to do it", optional=True),
        time("opened_at", "when it was proposed"),
        time("first_review_at", "when somebody first looked at it", optional=True),
        time("merged_at", "when it landed in trunk; empty when it has not", optional=True),
        time("abandoned_at", "when it was given up without landing", optional=True),
        text("head", "its newest own commit", optional=True),
        text("merge_commit", "the commit by which it landed", optional=True),
        text("merged_by", "who let it in", optional=True),
        _LINK,
        _TOLD,
    ),
)

LABELS = FactTable(
    name="labels",
    meaning="A label was put on a change, or taken off.",
    source="the changes",
    key=("change", "label", "at"),
    time="at",
    columns=(
        text("change", "id of its change, as in the table changes", path="change.id"),
        text("label", "what it says", path="labelled.label"),
        time("at", "when", path="labelled.at"),
        truth("on", "it was put on, not taken off", path="labelled.on"),
    ),
)

RUNS = FactTable(
    name="runs",
    meaning="One execution of a pipeline.",
    source=_OF_ALL,
    key=("id",),
    time="queued_at",
    columns=(
        _id("the run"),
        _REPOSITORY,
        text("commit", "what it ran on"),
        text("pipeline", "name of the pipeline, where there are several", optional=True),
        truth("trunk", "it ran for trunk, not for a proposed change"),
        time("queued_at", "when it was asked for"),
        time("started_at", "when it began; empty when it never did", optional=True),
        time("finished_at", "when it ended; empty while it runs", optional=True),
        text("outcome", "success, failure, error or cancel; empty while it runs", optional=True),
        whole("attempt", "which attempt at the same commit and pipeline, counted from 1"),
        _LINK,
        _TOLD,
    ),
)

TASKS = FactTable(
    name="tasks",
    meaning="One task of a run.",
    source="the runs",
    key=("run", "name"),
    time="ready_at",
    columns=(
        text("run", "id of its run, as in the table runs", path="run.id"),
        text("name", "name of the task", path="task.name"),
        many("needs", "names of the tasks that must be done before", path="task.needs"),
        time(
            "ready_at", "when it could have begun: its run was queued, or what it needs was done", path="task.ready_at"
        ),
        time("started_at", "when it began", path="task.started_at"),
        time("finished_at", "when it ended", path="task.finished_at"),
        text("outcome", "success, failure, error or cancel", path="task.outcome"),
    ),
)

PUBLICATIONS = FactTable(
    name="publications",
    meaning="An artifact was published: built once, from one commit.",
    source=_OF_ALL,
    key=("id",),
    time="at",
    columns=(
        _id("the publication"),
        text("service", "what runs of it"),
        _REPOSITORY,
        text("commit", "what it was made from"),
        text("digest", "id of its content"),
        text("version", "as people call it"),
        time("at", "when it was published"),
        truth("provenance", "there is a signed statement how it was made"),
        _LINK,
    ),
)

OFFERS = FactTable(
    name="offers",
    meaning="A revision was ready for a place and waited for a person.",
    source="the ledger of the line",
    key=("id",),
    time="at",
    columns=(
        _id("the offer"),
        _SERVICE,
        _ENVIRONMENT,
        text("digest", "the revision"),
        time("at", "from when on it waited"),
    ),
)

FLIPS = FactTable(
    name="flips",
    meaning="A flag was changed.",
    source=_OF_ALL,
    key=("id",),
    time="at",
    columns=(
        _id("the change of the flag"),
        _SERVICE,
        _MAYBE_ENVIRONMENT,
        text("flag", "name of the flag"),
        text("what", "what it was set to, in words"),
        time("at", "when"),
        text("by", "who did it", optional=True),
        _LINK,
    ),
)

FINDINGS = FactTable(
    name="findings",
    meaning="A weakness that a scanner or a person found.",
    source="connected tools, imported files",
    key=("id",),
    time="opened_at",
    columns=(
        _id("the finding"),
        _REPOSITORY,
        text("title", "what it is"),
        text("severity", "as the source says it"),
        time("opened_at", "when it was found"),
        time("fixed_at", "when it was gone; empty while it is open", optional=True),
        time("dismissed_at", "when somebody said that it is none, or may stay", optional=True),
        _LINK,
        _TOLD,
    ),
)

REFUSALS = FactTable(
    name="refusals",
    meaning="A rule said no.",
    source="the ledger of the line",
    key=("id",),
    time="at",
    columns=(
        _id("the refusal"),
        text("rule", "id of the rule, as in the reference of rules"),
        text("what", "what was refused, in words"),
        text("by", "who was refused"),
        time("at", "when"),
        _LINK,
    ),
)

#: those that a History holds
FACT_TABLES = (
    COMMITS,
    DEPLOYMENTS,
    INCIDENTS,
    CHANGES,
    LABELS,
    RUNS,
    TASKS,
    PUBLICATIONS,
    OFFERS,
    FLIPS,
    FINDINGS,
    REFUSALS,
)
