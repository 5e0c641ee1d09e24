"""The file that defines the line: line.toml, schema 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from andon.kernel.errors import Invalid
from andon.kernel.ids import EnvironmentName, RepositoryName, ServiceName, parse_name
from andon.standards.durations import PATTERN, parse_duration
from andon.standards.mixed_table import MixedTable
from andon.standards.reading import ReadContext
from andon.standards.shapes import Key, ListOf, Named, Schema, Table, Text, Whole, did_you_mean, quoted
from andon.standards.toml import read
from andon.tools.delivery.model.line import EnvironmentSpec, Promotion, ProtectedPaths, ServiceOwner, ServicePlacement

SCHEMA = 1
FILE_NAME = "line.toml"
DRAIN = timedelta(seconds=5)
REPOSITORY_KEY = "repository"  #: of a service, beside the names of environments
LONGEST_GLOB = 200
LEAST_PORT = 1024  #: below it a server needs rights that it should not have

#: what a new server begins with; a person changes it by pushing another
DEFAULT_LINE = """\
# The line: environments in their order, and how services stand in them.
schema = 1

[[environment]]
name = "test"
promotion = "automatic"

[[environment]]
name = "production"
promotion = "manual"          # andon promote SERVICE

# [service.shop]
# repository = "shop"         # nobody else publishes it
# [service.shop.production]
# port = 8702
# config = { GREETING = "hello" }
# [protected]
# shop = ["deploy/**"]        # an operator changes these, or approves
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the file says."""

    environments: tuple[EnvironmentSpec, ...]
    placements: tuple[ServicePlacement, ...]
    owners: tuple[ServiceOwner, ...] = ()
    protected: tuple[ProtectedPaths, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentTable:
    """[[environment]]"""

    name: EnvironmentName
    promotion: Promotion
    drain: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementTable:
    """[service.NAME.ENVIRONMENT]"""

    port: int
    config: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTable:
    """[service.NAME]"""

    #: "" when the first to publish it owns it
    repository: RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """The whole file."""

    schema: int
    environment: tuple[EnvironmentTable, ...]
    service: tuple[tuple[str, tuple[ServiceTable, tuple[tuple[str, PlacementTable], ...]]], ...]
    protected: tuple[tuple[str, tuple[str, ...]], ...]


def parse_line(text: str, file: str = FILE_NAME) -> Line:
    """The line in the text. Errors: Invalid, with every problem at its place."""
    document = read(text, file)
    here = ReadContext(document=document)
    table = FILE.read(document.data, here)
    if table is not None:
        _check(table, here)
    here.done()
    if table is None:
        raise Invalid(f"{file} is no table.")
    return _line(table)


def json_schema() -> Schema:
    """The format for editors: JSON Schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FILE_NAME,
        "description": "The line of Andon: environments in their order, and how services stand in them.",
        **FILE.schema(),
    }


def _line(table: FileTable) -> Line:
    return Line(
        environments=tuple(
            EnvironmentSpec(name=one.name, promotion=one.promotion, drain=one.drain) for one in table.environment
        ),
        placements=tuple(
            ServicePlacement(
                service=ServiceName(service),
                environment=EnvironmentName(environment),
                port=placement.port,
                config=tuple(sorted(placement.config)),
            )
            for service, (_, placements) in table.service
            for environment, placement in placements
        ),
        owners=tuple(
            ServiceOwner(service=ServiceName(service), repository=one.repository)
            for service, (one, _) in table.service
            if one.repository
        ),
        protected=tuple(
            ProtectedPaths(repository=RepositoryName(repository), paths=paths) for repository, paths in table.protected
        ),
    )


def _check(table: FileTable, here: ReadContext) -> None:
    names = [str(one.name) for one in table.environment]
    for index, name in enumerate(names):
        at = here.below("environment").below(index).below("name")
        if name and name in names[:index]:
            at.wrong(f"the environment {quoted(name)} is there twice.")
        if name == REPOSITORY_KEY:
            at.wrong(
                f"{quoted(name)} says which repository a service comes from.", "Give the environment another name."
            )
    taken: dict[int, str] = {}
    for service, (_, placements) in table.service:
        for environment, placement in placements:
            place = here.below("service").below(service).below(environment)
            if environment not in names:
                known = f"Known here: {', '.join(dict.fromkeys(names))}."
                known = did_you_mean(environment, (*names, REPOSITORY_KEY)) or known
                place.wrong(f"there is no environment {quoted(environment)}.", known, at="key")
            _check_port(placement, f"{service} in {environment}", place.below("port"), taken)


def _check_port(placement: PlacementTable, who: str, here: ReadContext, taken: dict[int, str]) -> None:
    if not placement.port:
        return
    if placement.port in taken:
        here.wrong(f"port {placement.port} is that of {taken[placement.port]}.", "Give each its own.")
    taken[placement.port] = who


def _environment_name(text: str) -> EnvironmentName:
    return EnvironmentName(parse_name(text, "an environment"))


def _service_name(text: str) -> str:
    return parse_name(text, "a service")


def _repository_name(text: str) -> RepositoryName:
    return RepositoryName(parse_name(text, "a repository"))


def _path_inside(text: str) -> str:
    """A glob below the repository. Errors: Invalid."""
    if not text or len(text) > LONGEST_GLOB or text.startswith("/") or ".." in text.split("/") or "\0" in text:
        raise Invalid(f"{quoted(text)} names no files of a repository: like deploy/**, below its top.")
    return text


def _config_name(text: str) -> str:
    if not text or "=" in text or "\0" in text:
        raise Invalid(f"{quoted(text)} is no name for a setting.")
    if text in {"HOST", "PORT"} or text.startswith("ANDON_"):
        raise Invalid(f"{text} is given by Andon itself; choose another name.")
    return text


def _config_value(text: str) -> str:
    if "\0" in text:
        raise Invalid("a setting cannot hold a NUL.")
    return text


def _promotion(text: str) -> Promotion:
    if text == "automatic":
        return "automatic"
    if text == "manual":
        return "manual"
    raise Invalid(f'expected "automatic" or "manual", found {quoted(text)}.')


_ENVIRONMENT = Table(
    make=EnvironmentTable,
    keys={
        "name": Key(
            shape=Text(parse=_environment_name),
            meaning="The environment's name.",
            default=EnvironmentName(""),
            required='Like name = "test".',
        ),
        "promotion": Key(
            shape=Text(parse=_promotion, pattern="^(automatic|manual)$"),
            meaning='"automatic": what was verified before it enters at once. "manual": by andon promote. Default.',
            default="manual",
        ),
        "drain": Key(
            shape=Text(
                parse=parse_duration,
                pattern=PATTERN,
                expected='a duration such as "5s"',
                instead_of_number='Write "{}s" for seconds.',
            ),
            meaning='How long requests that began before a switch may take. Default "5s".',
            default=DRAIN,
        ),
    },
)
_PLACEMENT = Table(
    make=PlacementTable,
    keys={
        "port": Key(
            shape=Whole(least=LEAST_PORT, most=65535),
            meaning="Where the service is reached, on loopback. Default: Andon chooses, and keeps it.",
            default=0,
        ),
        "config": Key(
            shape=Named(name=_config_name, item=Text(parse=_config_value)),
            meaning="Names and values added to the service's own configuration.",
            default=(),
        ),
    },
)
_SERVICE = Table(
    make=ServiceTable,
    keys={
        REPOSITORY_KEY: Key(
            shape=Text(parse=_repository_name),
            meaning="The repository that the service comes from. Default: the first that publishes it.",
            default=RepositoryName(""),
        )
    },
)
FILE = Table(
    make=FileTable,
    keys={
        "schema": Key(
            shape=Whole(least=SCHEMA, most=SCHEMA),
            meaning="Version of this format.",
            default=SCHEMA,
            required=f"Begin the file with schema = {SCHEMA}.",
        ),
        "environment": Key(
            shape=ListOf(item=_ENVIRONMENT, least=1, example='[[environment]] with name = "test"'),
            meaning="The environments, in their order.",
            default=(),
            required='A line has at least one: [[environment]] with name = "test".',
        ),
        "service": Key(
            shape=Named(
                name=_service_name,
                item=MixedTable(known=_SERVICE, named=Named(name=_environment_name, item=_PLACEMENT)),
            ),
            meaning="Where services come from, and how they stand in environments that differ from the default.",
            default=(),
        ),
        "protected": Key(
            shape=Named(name=_repository_name, item=ListOf(item=Text(parse=_path_inside), example='["deploy/**"]')),
            meaning="Files of repositories that an operator changes, or approves: globs by repository.",
            default=(),
        ),
    },
)
