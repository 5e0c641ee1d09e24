"""A repository read as a history of releases: which tags were taken, of what, and what is unusual about them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from andon.kernel.errors import Invalid, NotFound, Problem
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.model.commit_graph import CommitGraph
from andon.tools.measurement.model.dates import UNDATED, is_believable
from andon.tools.measurement.model.facts import Deployment, FactId, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.model.releases.lines import Placed, ReleaseLine, parallel, placed
from andon.tools.measurement.model.releases.repository import RepositoryRead, Tag
from andon.tools.measurement.model.releases.tags import ChosenTags, LeftOut, by_name, matching, shapes
from andon.tools.measurement.model.releases.troubles import of_releases, of_repository, of_undated
from andon.tools.measurement.model.trouble import Trouble
from andon.tools.measurement.ports import CommitReader, Progress

_EXAMPLES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRequest:
    """What is to be read."""

    #: path or address
    where: str
    #: which tags are releases; none: those that are named like some
    patterns: tuple[str, ...] = ()
    #: "" takes the repository's name, or the part of it that has the most tags
    service: str = ""
    environment: str = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryReading:
    """What was found."""

    repository: RepositoryRead
    history: History
    place: Place
    commits: int
    #: those that are measured, oldest first
    releases: tuple[Tag, ...]
    #: how they are named: ("release_*", 1959)
    shapes: tuple[tuple[str, int], ...]
    left_out: tuple[LeftOut, ...]
    #: other parts of the repository that have releases of their own, with how many
    others: tuple[tuple[ServiceName, int], ...]
    #: each of the releases among the others
    placed: tuple[Placed, ...]
    #: by number: what the lines are called that are kept up beside the trunk
    lines: Mapping[int, str]
    #: what is unusual about all of it
    troubles: tuple[Trouble, ...]

    def releases_in(self, window: Window) -> tuple[Tag, ...]:
        """Those that were set in that time."""
        return tuple(tag for tag in self.releases if window.holds(tag.at))

    def troubles_in(self, window: Window) -> tuple[Trouble, ...]:
        """What is unusual, so far as it is about releases of that time."""
        return (*self.troubles, *of_releases(self.repository, self._inside(window)))

    def streams_in(self, window: Window) -> tuple[ReleaseLine, ...]:
        """The lines that had a release in that time, the newest release first; none when there is only one line."""
        by_line: dict[str, list[Tag]] = {}
        for tag, one in self._inside(window):
            by_line.setdefault(self.lines.get(one.line, ""), []).append(tag)
        if len(by_line) < 2:
            return ()
        streams = [
            ReleaseLine(
                name=name or self.repository.trunk or "trunk",
                releases=len(of),
                first=of[0].name,
                last=of[-1].name,
                last_at=of[-1].at,
            )
            for name, of in by_line.items()
        ]
        return tuple(sorted(streams, key=lambda one: one.last_at, reverse=True))

    def _inside(self, window: Window) -> list[tuple[Tag, Placed]]:
        return [(tag, one) for tag, one in zip(self.releases, self.placed, strict=True) if window.holds(tag.at)]


def read(commits: CommitReader, wanted: RepositoryRequest, now: datetime, told: Progress) -> RepositoryReading:
    """Everything that the repository can tell. Errors: Invalid, NotFound, PortError."""
    history = History()
    repository = commits.read(wanted.where, history.add, told)
    graph = history.graph(repository.name)
    if not len(graph):
        message = "has no commits yet." if not repository.dangling else "has no commit that a branch or tag leads to."
        raise Invalid(Problem(where=wanted.where, message=message, remedy="There is something to measure after some."))
    repository, undated = _dated(repository, now)
    chosen = _chosen(repository, wanted)
    service, releases = _service(chosen, wanted, repository)
    place = Place(service=service, environment=EnvironmentName(wanted.environment))
    head = graph.number(repository.head) if repository.head else None
    found = placed(graph, head, [(_known(graph, tag), tag.at.timestamp()) for tag in releases])
    names = _line_names(releases, found)
    for tag, one in zip(releases, found, strict=True):
        history.add(_deployment(repository, place, tag, names.get(one.line, "")))
    return RepositoryReading(
        repository=repository,
        history=history,
        place=place,
        commits=sum(1 for number in range(len(graph)) if graph.is_told(number)),
        releases=releases,
        shapes=shapes(tag.name for tag in releases),
        left_out=(*chosen.left_out, *([LeftOut(reason=UNDATED, names=undated)] if undated else ())),
        others=tuple(
            (_named(name, repository), len(of))
            for name, of in sorted(chosen.families.items(), key=lambda item: -len(item[1]))
            if of != releases
        ),
        placed=found,
        lines=names,
        troubles=(*of_repository(repository, graph, now.timestamp()), *of_undated(undated)),
    )


def _dated(repository: RepositoryRead, now: datetime) -> tuple[RepositoryRead, tuple[str, ...]]:
    """With the tags that have a date which can be, and the names of the others. Errors: Invalid when none has."""
    latest = now + timedelta(days=1)
    dated = tuple(tag for tag in repository.tags if is_believable(tag.at.timestamp()) and tag.at <= latest)
    if repository.tags and not dated:
        message = f"none of the {len(repository.tags):,} tags has a date that can be believed."
        remedy = "Nobody can tell when anything was released. Tag anew: git tag -a NAME COMMIT"
        raise Invalid(Problem(where=repository.where, message=message, remedy=remedy))
    taken = {tag.name for tag in dated}
    return replace(repository, tags=dated), tuple(tag.name for tag in repository.tags if tag.name not in taken)


def _chosen(repository: RepositoryRead, wanted: RepositoryRequest) -> ChosenTags:
    """Errors: Invalid when no tag is a release, with the next step."""
    tags = repository.tags
    chosen = matching(tags, wanted.patterns) if wanted.patterns else by_name(tags, repository.name)
    if chosen.families:
        return chosen
    seen = ", ".join(f"{shape} ({count:,})" for shape, count in shapes(tag.name for tag in tags)[:_EXAMPLES])
    if tags and wanted.patterns:
        message = f"no tag matches {' or '.join(wanted.patterns)}. The {len(tags):,} tags here: {seen}."
        remedy = "Name a pattern that matches some: --environment-tags 'release_*'"
    elif tags:
        message = f"none of the {len(tags):,} tags looks like a release: {seen}."
        remedy = "Say which tags are releases: --environment-tags 'PATTERN'"
    elif repository.shallow:
        message = "has no tags, and its history is cut off: this clone was made shallow."
        remedy = "Fetch them: git fetch --unshallow --tags   (in GitHub Actions: fetch-depth: 0)"
    else:
        message = "has no tags, so its release dates are unknown."
        remedy = (
            "Fetch them: git fetch --tags. If releases are not tagged, begin with: git tag -a release_1. Where a"
            " tool deploys, connect it to a server: andon connect --help"
        )
    raise Invalid(Problem(where=wanted.where, message=message, remedy=remedy))


def _service(
    chosen: ChosenTags, wanted: RepositoryRequest, repository: RepositoryRead
) -> tuple[ServiceName, tuple[Tag, ...]]:
    """What is measured: what is named, else what has the most tags. Errors: NotFound."""
    by_service = {_named(name, repository): of for name, of in chosen.families.items()}
    if wanted.service in by_service:
        return ServiceName(wanted.service), by_service[ServiceName(wanted.service)]
    if len(by_service) == 1:
        return ServiceName(wanted.service or next(iter(by_service))), next(iter(by_service.values()))
    if wanted.service:
        hint = did_you_mean(wanted.service, by_service) or f"There are {', '.join(sorted(by_service))}."
        raise NotFound(f'No tags are of a service "{wanted.service}". {hint}')
    return max(by_service.items(), key=lambda item: (len(item[1]), item[0]))


def _named(family: str, repository: RepositoryRead) -> ServiceName:
    return ServiceName(family or repository.name)


def _known(graph: CommitGraph, tag: Tag) -> int:
    number = graph.number(tag.commit)
    if number is None:
        raise Invalid(f"git named the commit of {tag.name} and did not show it. Is the repository whole? Try: git fsck")
    return number


def _deployment(repository: RepositoryRead, place: Place, tag: Tag, line: str) -> Deployment:
    return Deployment(
        id=FactId(f"tags/{tag.name}"),
        place=place,
        repository=repository.name,
        commit=tag.commit,
        digest=tag.commit,
        version=tag.name,
        finished_at=tag.at,
        by=tag.by,
        line=line,
        link=f"{repository.web}/commit/{tag.commit}" if repository.web else "",
    )


def _line_names(releases: Sequence[Tag], found: Sequence[Placed]) -> dict[int, str]:
    """The parallel lines, called after what their versions have in common."""
    names: dict[int, str] = {}
    for line in parallel(found):
        of = [tag.name for tag, one in zip(releases, found, strict=True) if one.line == line]
        name = _common(of)
        names[line] = name if name not in names.values() else of[0]
    return names


def _common(names: Sequence[str]) -> str:
    """ "2.8" of v2.8.0, v2.8.1 and v2.8.2; else the first name."""
    numbers = [re.findall(r"\d+", name) for name in names]
    same = []
    for parts in zip(*numbers, strict=False):
        if len(set(parts)) > 1:
            break
        same.append(parts[0])
    return ".".join(same) or names[0]
