"""Every read model of the house, by its kind and by the name under which doors ask for it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, TypeVar, cast

from andon.engine.views import View
from andon.wiring.tools import TOOLS

V = TypeVar("V", bound=View)


class HouseViews:
    """One of each kind that a tool declares; one that asks for another by its name gets it, and Facts all sections."""

    def __init__(self, **others: View) -> None:
        """With some of them given, by name, instead of made."""
        kinds: dict[str, type[View]] = {name: tool.load(text) for tool in TOOLS for name, text in tool.views.items()}
        #: what the facts consist of; they fold it
        self._sections: dict[str, View] = {
            name: tool.load(text)() for tool in TOOLS for name, text in tool.facts.items()
        }
        #: in the order in which they are told of events
        self.by_name: dict[str, View] = dict(self._sections)
        for name, kind in kinds.items():
            self.by_name[name] = others.get(name) or kind(**self.asked_by(kind))
        self._by_kind = {kind: self.by_name[name] for name, kind in kinds.items()}

    def __getitem__(self, kind: type[V]) -> V:
        """The one of this kind."""
        return cast("V", self._by_kind[kind])

    def asked_by(self, maker: Callable[..., object]) -> dict[str, Any]:
        """Those that a class or a function asks for by the names of its parameters."""
        asked = signature(maker).parameters
        known = {**self.by_name, "sections": tuple(self._sections.values())}
        return {name: view for name, view in known.items() if name in asked}

    def all(self) -> tuple[View, ...]:
        """All that are told of events; the facts tell their sections."""
        return tuple(view for name, view in self.by_name.items() if name not in self._sections)
