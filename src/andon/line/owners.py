"""Who owns a name: the repository that published under it first, or that the line's file or a handover gave it to.

Services and artifacts share their names, and whatever belongs to a service follows it: its secrets, its configuration,
its port. Names that people could take for each other have one owner.
"""

from __future__ import annotations

import re

from andon.kernel.envelope import Envelope
from andon.kernel.ids import RepositoryName
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import LineDefined, NameHandedOver

_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l"})


def outline(name: str) -> str:
    """What is left of a name for an eye that reads quickly: names with one outline are taken for each other.

    Source: PyPI, "ultranormalize_name", which keeps new projects away from the names of known ones in the same way.
    """
    return re.sub(r"[._-]+", "", name.casefold()).translate(_ALIKE)


class Owners:
    """A fold of what gives names away."""

    def __init__(self) -> None:
        #: by the outline of a name: the repository, and the name as it was written then
        self._first: dict[str, tuple[RepositoryName, str]] = {}
        self._handed_over: dict[str, tuple[RepositoryName, str]] = {}
        self._declared: dict[str, tuple[RepositoryName, str]] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case ArtifactPublished() as event:
                for name in names_of(event.name, event.service):
                    self._first.setdefault(outline(name), (event.repository, name))
            case LineDefined() as event:
                self._declared = {outline(one.service): (one.repository, one.service) for one in event.owners}
            case NameHandedOver() as event:
                self._handed_over[outline(event.name)] = (event.repository, event.name)
            case _:
                return

    def owner(self, name: str) -> RepositoryName | None:
        """The repository that a name belongs to; None while nobody has it."""
        found = self._found(name)
        return found[0] if found else None

    def declared(self, name: str) -> RepositoryName | None:
        """The repository that the line's file names."""
        found = self._declared.get(outline(name))
        return found[0] if found else None

    def known_as(self, name: str) -> str:
        """The name as its owner writes it."""
        found = self._found(name)
        return found[1] if found else name

    def all(self) -> tuple[tuple[str, RepositoryName], ...]:
        """Every name that is owned, and by whom."""
        outlines = self._first.keys() | self._handed_over.keys() | self._declared.keys()
        known = (found for one in outlines if (found := self._by_outline(one)))
        return tuple(sorted((name, repository) for repository, name in known))

    def _found(self, name: str) -> tuple[RepositoryName, str] | None:
        return self._by_outline(outline(name))

    def _by_outline(self, one: str) -> tuple[RepositoryName, str] | None:
        return self._declared.get(one) or self._handed_over.get(one) or self._first.get(one)


def names_of(artifact: str, service: str | None) -> tuple[str, ...]:
    """The names that an artifact is published under."""
    return tuple(dict.fromkeys(name for name in (artifact, service or "") if name))
