"""What measurement needs from the world: what other tools tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from andon.tools.measurement.model.facts import Commit
from andon.tools.measurement.model.mapping import Mapping as Names
from andon.tools.measurement.model.received import Received
from andon.tools.measurement.model.repository import RepositoryRead

#: of an HTTP request, their names in lower case
Headers = Mapping[str, str]
#: what is going on, how much of it is done, and how much there is (None: nobody knows)
Progress = Callable[[str, int, int | None], None]


class Intake(Protocol):
    """Reads what one kind of tool sends. Never raises anything but what is named here, whatever the body."""

    @property
    def kind(self) -> str:
        """ "github": what a connection of this kind is called."""
        ...

    def verify(self, headers: Headers, body: bytes, secret: str) -> None:
        """Was it sent by somebody who knows the secret? Errors: Forbidden, which says what is missing or wrong."""
        ...

    def read(self, headers: Headers, body: bytes, names: Names, at: datetime) -> Received:
        """The facts in a delivery that came in at an instant, which only counts where the sender gives no time.

        Errors: Invalid, with what is wrong where, and what was expected.
        """
        ...


class Commits(Protocol):
    """Reads repositories, whole."""

    def read(self, where: str, take: Callable[[Commit], object], told: Progress) -> RepositoryRead:
        """Hand on every commit that the trunk or a tag leads to, each once, in any order.

        Errors: Invalid when there is no repository; PortError when it cannot be reached or takes too long.
        """
        ...
