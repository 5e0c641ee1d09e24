"""What people declared and nothing matches: names in line.toml, and services that their repository left behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from andon.kernel.envelope import Envelope
from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.kernel.words import listed
from andon.standards.shapes import did_you_mean
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.model.line import State
from andon.tools.pipelines.events import RunFinished
from andon.tools.source.events import ChangeLanded, RepositoryCreated, RepositoryDeleted

#: of a run of trunk after which it is certain what the repository publishes
_SAYS_WHAT_IT_PUBLISHES = frozenset({"success", "skip"})


class Declared:
    """Which repositories there are, and which service each publishes by the newest of its trunk's commits."""

    def __init__(self) -> None:
        self.repositories: set[RepositoryName] = set()
        self._deleted: set[RepositoryName] = set()
        #: the setting's repositories, there or to come
        self.host_network: tuple[str, ...] = ()
        #: a sentence for each pattern of [protected] that matches no file of the trunk
        self._unprotecting: tuple[str, ...] = ()
        #: the repository that published a service last
        self._publisher: dict[ServiceName, RepositoryName] = {}
        #: what the newest commit with a verdict publishes, with its place in trunk's order
        self._publishes: dict[RepositoryName, tuple[int, ServiceName | None]] = {}
        self._landed: dict[RepositoryName, dict[CommitId, int]] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case RepositoryCreated() as event:
                self.repositories.add(event.repository)
            case RepositoryDeleted() as event:
                self.repositories.discard(event.repository)
                self._deleted.add(event.repository)
            case ChangeLanded() as event:
                landed = self._landed.setdefault(event.repository, {})
                landed[event.commit] = len(landed)
            case ArtifactPublished() as event if event.service is not None:
                self._publisher[event.service] = event.repository
            case RunFinished() as event if event.trunk and event.outcome in _SAYS_WHAT_IT_PUBLISHES:
                self._ran(event)
            case _:
                return

    def protect_nothing(self, sentences: tuple[str, ...]) -> None:
        """Take over which patterns of [protected] match no file now; git alone knows."""
        self._unprotecting = sentences

    def _ran(self, event: RunFinished) -> None:
        """An older commit, run again, says nothing about now."""
        place = self._landed.get(event.repository, {}).get(event.commit, 0)
        before, _ = self._publishes.get(event.repository, (0, None))
        if place >= before:
            self._publishes[event.repository] = (place, event.service.name if event.service else None)

    def unmatched(self, line: State, services: Collection[ServiceName]) -> Iterator[str]:
        """A sentence for each name in the line's file or the settings that nothing has, until something has it."""
        named = (*(one.service for one in line.owners), *(one.service for one in line.placements))
        for service in dict.fromkeys(named):
            if service not in services:
                hint = did_you_mean(service, services) or "A push of its repository publishes it."
                yield f"line.toml names the service {service}, which nobody has published. {hint}"
        repositories = (*(one.repository for one in line.owners), *(one.repository for one in line.protected))
        yield from self._unknown("line.toml", repositories)
        yield from self._unknown("ANDON_HOST_NETWORK", self.host_network)
        yield from self._unprotecting

    def _unknown(self, where: str, repositories: Iterable[str]) -> Iterator[str]:
        for repository in dict.fromkeys(repositories):
            if repository in self._deleted:
                yield f"{where} names the repository {repository}, which was deleted. Take it out of {where}."
            elif repository not in self.repositories:
                hint = did_you_mean(repository, self.repositories) or "A first push creates it."
                yield f"{where} names the repository {repository}, which does not exist. {hint}"

    def left_behind(
        self, running: Mapping[ServiceName, tuple[EnvironmentName, ...]]
    ) -> Iterator[tuple[ServiceName, str]]:
        """Each service that runs on although its repository publishes it no more, and that in a sentence."""
        for service, environments in running.items():
            repository = self._publisher.get(service)
            _, now = self._publishes.get(repository, (0, service)) if repository else (0, service)
            if now != service:
                sentence = (
                    f"{service} is no longer published by {repository}; it still runs in {listed(environments)}. "
                    f"Remove it: andon service remove {service}"
                )
                yield service, sentence
