"""A connection: one other tool that may report facts, how its names are read here, and how its signature is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.errors import NotFound, Refused
from andon.kernel.refusal import CommandRefused
from andon.tools.measurement.model.intake.mapping import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedTool:
    """What is known of the other tool; its secret is kept elsewhere."""

    #: "github", "gitlab", "pagerduty", "alertmanager", "cdevents"
    kind: str
    names: Mapping
    #: git may be walked at addresses that begin so; "" for none
    clones_from: str = ""
    #: changes with the secret and tells nothing about it; "" when there is none yet
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One connection, or none any more."""

    tool: ConnectedTool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAdded:
    """Another tool was connected, or its mappings were changed."""

    connection: str
    tool: ConnectedTool

    def evolve(self, state: Connection) -> Connection:
        return replace(state, tool=self.tool)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSecretChanged:
    """Deliveries are signed with another secret from now on."""

    connection: str
    fingerprint: str

    def evolve(self, state: Connection) -> Connection:
        return replace(state, tool=replace(state.tool, fingerprint=self.fingerprint)) if state.tool else state


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRemoved:
    """The tool is disconnected; the facts it reported are kept."""

    connection: str

    def evolve(self, state: Connection) -> Connection:
        return replace(state, tool=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConnection:
    """Let another tool in, or read an old one by other names. Another kind under the same name is another tool."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    connection: str
    tool: ConnectedTool

    def decide(self, state: Connection, now: datetime) -> tuple[Event[Connection], ...]:
        if state.tool is not None and state.tool.kind != self.tool.kind:
            raise Refused(
                "one-tool-a-connection",
                f"{self.connection} is connected to {state.tool.kind}, and its facts carry that name.",
                "Choose another name for the new connection.",
            )
        tool = self.tool if self.tool.fingerprint or state.tool is None else _signed_as(self.tool, state.tool)
        return () if tool == state.tool else (ConnectionAdded(connection=self.connection, tool=tool),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSecret:
    """Note that another secret is kept for it."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    connection: str
    fingerprint: str

    def decide(self, state: Connection, now: datetime) -> tuple[Event[Connection], ...]:
        tool = known(self.connection, state)
        if tool.fingerprint == self.fingerprint:
            return ()
        return (ConnectionSecretChanged(connection=self.connection, fingerprint=self.fingerprint),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveConnection:
    """Let the tool tell nothing any more."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    connection: str

    def decide(self, state: Connection, now: datetime) -> tuple[Event[Connection], ...]:
        known(self.connection, state)
        return (ConnectionRemoved(connection=self.connection),)


def known(connection: str, state: Connection) -> ConnectedTool:
    """What is connected there. Errors: NotFound."""
    if state.tool is None:
        raise NotFound(f'There is no connection "{connection[:80]}". See them with: andon connect list')
    return state.tool


def _signed_as(tool: ConnectedTool, before: ConnectedTool) -> ConnectedTool:
    return replace(tool, fingerprint=before.fingerprint)


NOUN: Noun[Connection] = Noun(
    kind="connection",
    initial=Connection(),
    events=(ConnectionAdded, ConnectionSecretChanged, ConnectionRemoved, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
