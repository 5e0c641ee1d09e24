"""Variables of an environment, read as settings: what cannot be used is an error, what no setting has is a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from andon.kernel.errors import Invalid, Problem
from andon.standards.shapes import did_you_mean

T = TypeVar("T")

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
PREFIX = "ANDON_"  #: of every variable that is a setting
#: given to the tasks, services and hooks that a server starts: no setting, and no mistake in their environment
GIVEN = frozenset(
    {
        "ANDON_ANSWER",
        "ANDON_BRANCH",
        "ANDON_CALL",
        "ANDON_COMMIT",
        "ANDON_DIGEST",
        "ANDON_ENVIRONMENT",
        "ANDON_HOLDER",
        "ANDON_INSTANCE",
        "ANDON_JOB",
        "ANDON_REPOSITORY",
        "ANDON_ROUTE",
        "ANDON_RUN",
        "ANDON_SERVICE",
        "ANDON_TASK",
        "ANDON_TEST_SEED",
        "ANDON_VERSION",
    }
)


class Variables:
    """Variables, read one by one: what is wrong is collected, and what was asked for is what there is."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known: set[str] = set()
        self.problems: list[Problem] = []

    def text(self, name: str, default: str = "") -> str:
        """Without the blanks around it; an empty one is none."""
        self._known.add(name)
        return self._environ.get(name, "").strip() or default

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 0 to the largest that means anything."""
        text = self.text(name)
        if not text:
            return default
        if text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most:
            return int(text)
        self._wrong(name, f"expected a whole number from 0 to {most}", text)
        return default

    def flag(self, name: str) -> bool:
        """Yes or no; no when it is not there."""
        text = self.text(name, "no")
        if text.lower() not in YES | NO:
            self._wrong(name, "expected yes or no (also: true, false, on, off, 1, 0)", text)
        return text.lower() in YES

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """What `parse` makes of it."""
        text = self.text(name)
        try:
            return parse(text) if text else default
        except Invalid as error:
            self.problems.extend(replace(problem, where=name) for problem in error.problems)
            return default

    def lent(self, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Other variables of the same environment, by name. Errors: Invalid for those that are not there."""
        wanted = tuple(names)
        if missing := [name for name in wanted if name not in self._environ]:
            raise Invalid(*map(self._not_set, missing))
        return tuple((name, self._environ[name]) for name in wanted)

    def unknown(self, *, also: Callable[[Variables], object]) -> tuple[str, ...]:
        """A sentence for each variable that looks like a setting and is none: nobody would notice that it does nothing.

        `also` reads what others take from the same environment. An empty variable was taken back.
        """
        strange = [n for n in sorted(self._environ) if n.startswith(PREFIX) and self._environ[n] and not self._has(n)]
        others = Variables(self._environ)
        if strange:
            also(others)
        known = self._known | others._known
        return tuple(
            f"The environment variable {name[:80]} is not a setting of Andon and has no effect. "
            f"{did_you_mean(name, known) or 'Unset it.'}"
            for name in strange
            if name not in known
        )

    def _has(self, name: str) -> bool:
        return name in self._known or name in GIVEN

    def _not_set(self, name: str) -> Problem:
        remedy = did_you_mean(name, self._environ) or "Set it for the server, or take it out of the list."
        return Problem(message=f"the server's environment has no variable {name[:80]}.", remedy=remedy)

    def _wrong(self, name: str, expected: str, text: str) -> None:
        self.problems.append(Problem(where=name, message=f'{expected}, got "{text[:40]}"'))
