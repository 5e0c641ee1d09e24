"""What each tool shows of a service on its page, in one shape, so that the page knows no tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.ids import ArtifactName, RepositoryName, ServiceName
from andon.web.who import Who

#: rows of a section; the rest is one click away
MOST_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutService:
    """Which service, and who looks."""

    service: ServiceName
    #: where its newest version was built
    repository: RepositoryName
    artifact: ArtifactName
    who: Who


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRow:
    """One thing, and where its page is."""

    words: str
    address: str
    #: a key of the signs in web/parts.html; "" for what has no state
    state: str = ""
    #: the quieter part
    more: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSection:
    """What one tool knows of it."""

    title: str
    #: the newest first, or what is worst
    rows: tuple[HubRow, ...]
    #: where all of them are
    address: str


#: the sections of a service, in the order of the tools; the dependency `service_sections`
ServiceSections = Callable[[AboutService], tuple[HubSection, ...]]
