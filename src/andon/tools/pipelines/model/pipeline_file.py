"""`andon.toml`, schema 1: plain commands and what they need. No expression language; what it says is all there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from andon.kernel.ids import ArtifactName, ServiceName
from andon.kernel.limits import NOTHING_ASKED, AskedLimits
from andon.standards.durations import PATTERN, parse_duration
from andon.standards.shapes import Either, Key, ListOf, Named, Schema, Table, Text, Whole, YesOrNo
from andon.tools.pipelines.model import limits_table as limits
from andon.tools.pipelines.model import pipeline_words as words
from andon.tools.pipelines.model.network import Network, NetworkShape
from andon.tools.pipelines.model.pipeline import CheckSpec

FILE_NAME = "andon.toml"
SCHEMA = 1
_MOST_TASKS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsTable:
    """`reports = { junit = "out/*.xml", minimum = 1 }`"""

    junit: tuple[str, ...]
    advisory: bool = False
    minimum: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactTable:
    """`artifact = { name = "shop", path = "dist" }`"""

    name: ArtifactName
    path: str
    version: str
    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTable:
    """`[task.NAME]`"""

    run: str
    needs: tuple[str, ...]
    inputs: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    timeout: timedelta
    limits: AskedLimits
    network: Network
    reports: ReportsTable
    artifact: ArtifactTable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineServiceTable:
    """`[service]`"""

    name: ServiceName | None
    command: tuple[str, ...]
    health: CheckSpec
    smoke: tuple[CheckSpec, ...]
    config: tuple[tuple[str, str], ...]
    start_timeout: timedelta
    stop_timeout: timedelta
    limits: AskedLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFileTable:
    """The whole file."""

    schema: int
    budget: timedelta
    limits: AskedLimits
    task: tuple[tuple[str, TaskTable], ...]
    service: PipelineServiceTable | None


def _check_at(path: str) -> CheckSpec:
    return CheckSpec(path=words.url_path(path))


_DURATION = Text(
    parse=parse_duration,
    pattern=PATTERN,
    expected='a duration such as "30s" or "5m"',
    instead_of_number='Write "{}s" for seconds.',
)
_PATHS = ListOf(item=Text(parse=words.path_inside), example='["out/*.xml"]', most=100)
_PATTERNS = ListOf(item=Text(parse=words.input_pattern), example='["src/", "*.toml", "!src/docs/"]', most=100)
_PLAIN_TEXT = Text(parse=words.without_nul)

_CHECK_TABLE = Table(
    make=CheckSpec,
    keys={
        "path": Key(
            shape=Text(parse=words.url_path), meaning="Asked by HTTP.", default="/", required='Like path = "/health".'
        ),
        "status": Key(shape=Whole(least=100, most=599), meaning="The status that is good. Default 200.", default=200),
        "contains": Key(shape=_PLAIN_TEXT, meaning="Text that the answer's body has.", default=""),
    },
)
_CHECK = Either(text=Text(parse=_check_at), other=_CHECK_TABLE)

_REPORTS = Table(
    make=ReportsTable,
    keys={
        "junit": Key(
            shape=Either(text=Text(parse=lambda text: (words.path_inside(text),)), other=_PATHS),
            meaning="JUnit XML files the task writes, as a glob or a list of globs. A failed test fails the task.",
            default=(),
        ),
        "advisory": Key(
            shape=YesOrNo(),
            meaning="Failed tests are a warning and do not fail the task. Default false.",
            default=False,
        ),
        "minimum": Key(
            shape=Whole(least=0, most=1_000_000),
            meaning="Fewest tests that must run, skipped ones not counted. From 1 on, a report that cannot be read "
            "fails the task, too. Default 0: it is a warning.",
            default=0,
        ),
    },
)
_ARTIFACT = Table(
    make=ArtifactTable,
    keys={
        "name": Key(
            shape=Text(parse=words.artifact_name),
            meaning="The artifact's name.",
            default=ArtifactName(""),
            required='Like name = "shop".',
        ),
        "path": Key(
            shape=Text(parse=words.path_inside),
            meaning="Folder or file that the task leaves behind.",
            default=".",
            required='Like path = "dist".',
        ),
        "version": Key(
            shape=Text(parse=words.version_prefix), meaning='First part of its versions. Default "1".', default="1"
        ),
        "base": Key(
            shape=Text(parse=words.image_reference),
            meaning="Image whose layers it stands on. Default none.",
            default="",
        ),
    },
)
_TASK = Table(
    make=TaskTable,
    keys={
        "run": Key(
            shape=Text(parse=words.command_text),
            meaning="The command, given to sh -c in a fresh checkout.",
            default="true",
            required='Every task runs a command, like run = "make test".',
        ),
        "needs": Key(
            shape=ListOf(item=Text(parse=str), example='["lint", "unit"]', most=_MOST_TASKS),
            meaning="Tasks that must be green before this one starts.",
            default=(),
        ),
        "inputs": Key(
            shape=_PATTERNS,
            meaning="The only files it sees, as in .gitignore; when they are unchanged a green result is reused.",
            default=(),
        ),
        "env": Key(
            shape=Named(name=words.variable, item=_PLAIN_TEXT), meaning="Variables for the command.", default=()
        ),
        "timeout": Key(
            shape=_DURATION, meaning='Then it is killed whole. Default "10m".', default=timedelta(minutes=10)
        ),
        "limits": limits.KEY,
        "network": Key(
            shape=NetworkShape(),
            meaning="What it may reach: true is the internet, a list names hosts or registries. Default false.",
            default=False,
        ),
        "reports": Key(shape=_REPORTS, meaning="Test results it writes.", default=ReportsTable(junit=())),
        "artifact": Key(shape=_ARTIFACT, meaning="What a green run publishes; one task of a pipeline has it."),
    },
)
_SERVICE = Table(
    make=PipelineServiceTable,
    keys={
        "name": Key(shape=Text(parse=words.service_name), meaning="Default: the artifact's name."),
        "command": Key(
            shape=ListOf(item=Text(parse=words.word), least=1, example='["python3", "server.py"]'),
            meaning="Started in /app without a shell. HOST and PORT are variables; $HOST and $PORT here are filled in.",
            default=(),
            required='Like command = ["python3", "server.py"]; it serves HTTP on $HOST:$PORT.',
        ),
        "health": Key(
            shape=_CHECK,
            meaning="Good as long as the service works.",
            default=CheckSpec(path="/"),
            required='Like health = "/health": a path that answers 200 as long as the service works.',
        ),
        "smoke": Key(
            shape=ListOf(item=_CHECK, example='["/", { path = "/api", contains = "ok" }]'),
            meaning="All must be good before any traffic.",
            default=(),
        ),
        "config": Key(
            shape=Named(name=words.setting, item=_PLAIN_TEXT), meaning="Variables for the service.", default=()
        ),
        "start_timeout": Key(
            shape=_DURATION, meaning='Until it is healthy. Default "30s".', default=timedelta(seconds=30)
        ),
        "stop_timeout": Key(
            shape=_DURATION,
            meaning='Between asking it to stop and killing it. Default "10s".',
            default=timedelta(seconds=10),
        ),
        "limits": limits.KEY,
    },
)
FILE = Table(
    make=PipelineFileTable,
    keys={
        "schema": Key(
            shape=Whole(least=SCHEMA, most=SCHEMA),
            meaning="Version of this format.",
            default=SCHEMA,
            required=f"Begin the file with schema = {SCHEMA}.",
        ),
        "budget": Key(
            shape=_DURATION, meaning='How long a run should take at most. Default "5m".', default=timedelta(minutes=5)
        ),
        "limits": Key(
            shape=limits.LIMITS,
            meaning="Limits of every task and of the service that do not say others.",
            default=NOTHING_ASKED,
        ),
        "task": Key(
            shape=Named(name=words.task_name, item=_TASK, most=_MOST_TASKS),
            meaning="The tasks, by name.",
            default=(),
            required='A pipeline has at least one task: [task.test] with run = "make test".',
        ),
        "service": Key(shape=_SERVICE, meaning="How the artifact runs."),
    },
)


def json_schema() -> Schema:
    """The format for editors: JSON Schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "andon.toml",
        "description": "A pipeline of Andon: tasks, the artifact they make and the service it is.",
        **FILE.schema(),
    }
