"""What doors work with: the parts that tools declare, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from inspect import Parameter, signature
from typing import Any

from andon.engine.dispatch import Performer
from andon.kernel.errors import Invalid, Problem
from andon.standards.known import meant
from andon.tool import Tool
from andon.wiring.tools import TOOLS


class HouseParts:
    """One of each; what a part asks for by the names of its parameters, it gets."""

    def __init__(
        self,
        given: Mapping[str, object],
        tools: Iterable[Tool] = TOOLS,
        *,
        joined: Mapping[str, Callable[..., object]] | None = None,
        settings: object = None,
    ) -> None:
        #: read models, what the wiring builds, and every part that was made
        self._made = dict(given)
        self._makers: dict[str, Callable[[], Callable[..., object]]] = {
            **{name: partial(tool.load, text) for tool in tools for name, text in tool.parts.items()},
            **{name: partial(_itself, maker) for name, maker in (joined or {}).items()},
        }
        #: a record whose fields parts may ask for, and doors may not
        self._settings = settings
        #: those that wait for another one, the outermost first
        self._waiting: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        """Of everything that can be asked for."""
        return tuple(dict.fromkeys((*self._made, *self._makers)))

    def __getitem__(self, name: str) -> Any:
        """The one of this name. Errors: Invalid when it, or what it needs, is not there."""
        if name in self._made:
            return self._made[name]
        if name not in self._makers and hasattr(self._settings, name):
            return getattr(self._settings, name)
        self._made[name] = self._make(name)
        return self._made[name]

    def give(self, **more: object) -> None:
        """What was built since, by name."""
        self._made |= more

    def performers(self, tools: Iterable[Tool]) -> dict[type, Performer]:
        """Who does which effect of these tools. Errors: Invalid; PortError when a program is not on this machine."""
        makers = (tool.load(tool.performers) for tool in tools if tool.performers)
        return {effect: one for maker in makers for effect, one in maker(**self._asked_by(maker)).items()}

    def bound(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with the parts that it asks for; what each call brings is positional. Errors: Invalid."""
        return partial(function, **self._asked_by(function))

    def _make(self, name: str) -> object:
        if name in self._waiting:
            circle = " -> ".join((*self._waiting[self._waiting.index(name) :], name))
            remedy = "Let one of them do without the other."
            raise Invalid(Problem(where=name, message=f"these parts need each other: {circle}.", remedy=remedy))
        if name not in self._makers:
            asking = f"the part {self._waiting[-1]}" if self._waiting else "a door"
            message = f'{asking} asks for "{name}", and no tool declares it.'
            raise Invalid(Problem(where=name, message=message, remedy=meant(name, self.names, "part")))
        self._waiting.append(name)
        try:
            factory = self._makers[name]()
            return factory(**self._asked_by(factory))
        finally:
            self._waiting.pop()

    def _asked_by(self, factory: Callable[..., object]) -> dict[str, object]:
        """What it must have, and of what it can do without that which is there."""
        asked = signature(factory).parameters.values()
        named = (one for one in asked if one.kind is not Parameter.POSITIONAL_ONLY)
        return {one.name: self[one.name] for one in named if one.default is Parameter.empty or one.name in self.names}


def _itself(maker: Callable[..., object]) -> Callable[..., object]:
    return maker
