"""Which repository of another tool is which of our services, and which of its environments is which of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from andon.kernel.ids import EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.model.facts import FactId, Place

_STRANGE = re.compile(r"[^a-z0-9._-]+|\.\.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedService:
    """What one or several names of another tool mean here."""

    #: "octo-org/shop", "shop-*": the other tool's repository or service, * and ? as in file names; case does not count
    pattern: str
    service: ServiceName
    #: None for the service's own name
    repository: RepositoryName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEnvironment:
    """What one or several names of another tool's environments mean here."""

    #: "prod*"; case does not count
    pattern: str
    environment: EnvironmentName


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How a connection's names are read; the first pattern that fits counts."""

    #: the connection's name: every fact id begins with it
    source: str
    services: tuple[NamedService, ...] = ()
    environments: tuple[NamedEnvironment, ...] = ()
    #: where things happen whose sender names no environment; None leaves it open
    default_environment: EnvironmentName | None = None
    #: pipelines whose runs deploy, and to where: for teams that record no deployments
    deploying: tuple[NamedEnvironment, ...] = ()
    #: tags that mean "this runs there now": for teams that deploy every release
    tags: tuple[NamedEnvironment, ...] = ()

    def fact(self, *parts: str | int) -> FactId:
        """The id of a fact: the same for every telling of it."""
        return FactId("/".join((self.source, *map(str, parts))))

    def service(self, theirs: str) -> ServiceName:
        """The service that a repository or service of theirs is; where nothing was said, the last part of its name."""
        found = self._named(theirs)
        return found.service if found else ServiceName(plain_name(theirs.rpartition("/")[2]))

    def repository(self, theirs: str) -> RepositoryName:
        """The repository's name here."""
        found = self._named(theirs)
        if found is None:
            return RepositoryName(plain_name(theirs.rpartition("/")[2]))
        return found.repository or RepositoryName(found.service)

    def environment(self, theirs: str) -> EnvironmentName:
        """The environment's name here; where nothing was said, its own. "" is for a sender that names none."""
        if not theirs and self.default_environment is not None:
            return self.default_environment
        return _environment(self.environments, theirs) or EnvironmentName(plain_name(theirs))

    def place(self, repository: str, environment: str) -> Place:
        """Where something of theirs runs."""
        return Place(service=self.service(repository), environment=self.environment(environment))

    def deployed_by(self, pipeline: str) -> EnvironmentName | None:
        """Where runs of a pipeline deploy to; None for a pipeline that does not deploy."""
        return _environment(self.deploying, pipeline)

    def deployed_as(self, tag: str) -> EnvironmentName | None:
        """Where a tag says that its commit runs; None for a tag that says no such thing."""
        return _environment(self.tags, tag)

    def _named(self, theirs: str) -> NamedService | None:
        return next((named for named in self.services if _fits(named.pattern, theirs)), None)


def plain_name(theirs: str) -> str:
    """A name as names are written here: "Review/My App" is "review-my-app"; "" stays "" and means: not said."""
    return _STRANGE.sub("-", theirs.lower())[:64].strip("-._")


def _environment(named: tuple[NamedEnvironment, ...], theirs: str) -> EnvironmentName | None:
    return next((each.environment for each in named if _fits(each.pattern, theirs)), None)


def _fits(pattern: str, name: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower())
