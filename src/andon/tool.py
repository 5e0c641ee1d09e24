"""What a tool is to the rest of the house, in one record that `wiring/tools.py` lists.

A manifest names what it has by text, below its own package ("pages", "views:Accounts"): reading all manifests imports
nothing else, so that a command line which needs one tool does not load the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from andon.web.navigation import Page

__all__ = ["IMPROVE", "LINE", "OPERATE", "ORGANISATION", "PLACES", "Command", "Page", "Tool"]

#: the four places of pages and of `andon --help`, in their order
LINE, OPERATE, IMPROVE, ORGANISATION = PLACES = "Line", "Operate", "Improve", "Organisation"


@dataclass(frozen=True, slots=True)
class Command:
    """One line of `andon --help`."""

    name: str
    #: the function or group of commands, in the tool: "commands:login"
    target: str
    #: one sentence
    says: str
    #: one of PLACES; "" for a command that only programs use
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One station beside the line. Every text names something below its package."""

    #: "andon.tools.access"
    package: str
    #: tools without which it does nothing: they are started with it
    needs: tuple[str, ...] = ()
    #: everything it writes into the ledger: "events:EVENTS"
    events: str = ""
    #: each a noun or a tuple of nouns: "model.account:NOUN"
    nouns: tuple[str, ...] = ()
    #: read models, by the name under which doors ask for them
    views: Mapping[str, str] = field(default_factory=dict)
    #: what rules and the flow may know of it, by name: folds that `line/facts.py` gathers, and doors may ask for too
    facts: Mapping[str, str] = field(default_factory=dict)
    #: what its doors work with: a class or function that asks for other parts, views and settings by parameter name
    parts: Mapping[str, str] = field(default_factory=dict)
    #: who does which of its effects: a function that asks for parts in the same way
    performers: str = ""
    #: what doors ask for that is made anew for each call, from what the call brings
    per_call: Mapping[str, str] = field(default_factory=dict)
    #: what the search finds of it: "finding:find", a web.finding.Finder that asks for parts by their names besides
    finds: str = ""
    #: why it refuses what it refuses, by the rule's name: "refusals:REFUSALS"
    refusals: str = ""
    #: modules that have HANDLERS, of pages and of the API
    doors: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    navigation: tuple[Page, ...] = ()
    #: what it shows of a service on its page: "service_section:section"; a function that asks for views by their names
    service_section: str = ""
    #: what it orders when something happened, where that concerns only itself: "following:follow"; a function of the
    #: event that asks for views by their names
    reactions: tuple[str, ...] = ()
    #: how many effects of a kind run at once, besides tasks
    lanes: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of its package: "access"."""
        return self.package.rpartition(".")[2]

    @property
    def has_templates(self) -> bool:
        """Does it have pages of its own?"""
        from importlib import resources

        return resources.files(self.package).joinpath("templates").is_dir()

    def load(self, text: str) -> Any:
        """What the text names: a module ("pages") or something in one ("views:Accounts"). Errors: ImportError."""
        module, _, attribute = text.partition(":")
        found = import_module(f"{self.package}.{module}")
        return getattr(found, attribute) if attribute else found
