"""What doors work with: the parts that tools declare, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, signature
from typing import Any

from andon.kernel.errors import Invalid, Problem
from andon.standards.known import meant
from andon.tool import Tool
from andon.wiring.tools import TOOLS


class HouseParts:
    """One of each; what a part asks for by the names of its parameters, it gets."""

    def __init__(self, given: Mapping[str, object], tools: Iterable[Tool] = TOOLS) -> None:
        #: read models, settings, what the wiring builds, and every part that was made
        self._made = dict(given)
        self._makers = {name: (tool, text) for tool in tools for name, text in tool.parts.items()}
        #: those that wait for another one, the outermost first
        self._waiting: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        """Of everything that can be asked for."""
        return tuple(dict.fromkeys((*self._made, *self._makers)))

    def __getitem__(self, name: str) -> Any:
        """The one of this name. Errors: Invalid when it, or what it needs, is not there."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> object:
        if name in self._waiting:
            circle = " -> ".join((*self._waiting[self._waiting.index(name) :], name))
            remedy = "Let one of them do without the other."
            raise Invalid(Problem(where=name, message=f"these parts need each other: {circle}.", remedy=remedy))
        if name not in self._makers:
            asking = f"the part {self._waiting[-1]}" if self._waiting else "a door"
            message = f'{asking} asks for "{name}", and no tool declares it.'
            raise Invalid(Problem(where=name, message=message, remedy=meant(name, self.names, "part")))
        tool, text = self._makers[name]
        self._waiting.append(name)
        try:
            factory = tool.load(text)
            return factory(**self._asked_by(factory))
        finally:
            self._waiting.pop()

    def _asked_by(self, factory: Callable[..., object]) -> dict[str, object]:
        """What it must have, and of what it can do without that which is there."""
        asked = signature(factory).parameters.values()
        return {one.name: self[one.name] for one in asked if one.default is Parameter.empty or one.name in self.names}
