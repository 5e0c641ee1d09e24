"""Connections as a noun."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import Command, fold
from andon.kernel.errors import NotFound, Refused
from andon.tools.measurement.model.intake.connection import (
    NOUN,
    AddConnection,
    ChangeSecret,
    ConnectedTool,
    Connection,
    RemoveConnection,
)
from andon.tools.measurement.model.intake.mapping import Mapping

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def adding(kind: str = "github", fingerprint: str = "f1", clones: str = "") -> AddConnection:
    tool = ConnectedTool(kind=kind, names=Mapping(source="ours"), clones_from=clones, fingerprint=fingerprint)
    return AddConnection(connection="ours", tool=tool)


def after(*commands: Command[Connection]) -> Connection:
    state = NOUN.initial
    for command in commands:
        state = fold(state, command.decide(state, NOW))
    return state


def test_the_same_again_changes_nothing() -> None:
    """Connecting twice is one event; other names are another."""
    state = after(adding())
    assert adding().decide(state, NOW) == ()
    assert len(adding(clones="https://git.example.org/").decide(state, NOW)) == 1


def test_names_are_read_anew_without_the_secret() -> None:
    """Who changes only the names does not have to say the secret again."""
    state = after(adding(), adding(fingerprint="", clones="https://git.example.org/"))
    assert state.tool is not None
    assert (state.tool.fingerprint, state.tool.clones_from) == ("f1", "https://git.example.org/")


def test_a_name_belongs_to_one_kind_of_tool() -> None:
    """Its facts carry the name, and would be mixed up."""
    with pytest.raises(Refused, match="Choose another name"):
        adding(kind="gitlab").decide(after(adding()), NOW)
    assert after(adding(), RemoveConnection(connection="ours"), adding(kind="gitlab")).tool is not None


@pytest.mark.parametrize(
    "command", [RemoveConnection(connection="ours"), ChangeSecret(connection="ours", fingerprint="f2")]
)
def test_what_is_not_there_is_said(command: Command[Connection]) -> None:
    """A mistyped name changes nothing."""
    with pytest.raises(NotFound, match='no connection "ours"'):
        command.decide(NOUN.initial, NOW)


@given(st.lists(st.sampled_from(["add", "f1", "f2", "remove"])))
def test_it_is_what_was_said_last(orders: list[str]) -> None:
    """Against the plainest model there is."""
    state, plain = NOUN.initial, ""
    for order in orders:
        command: Command[Connection]
        if order == "add":
            command, expected = adding(fingerprint="f0"), "f0"
        elif order == "remove":
            command, expected = RemoveConnection(connection="ours"), ""
        else:
            command, expected = ChangeSecret(connection="ours", fingerprint=order), order
        if order != "add" and not plain:
            with pytest.raises(NotFound):
                command.decide(state, NOW)
            continue
        state, plain = fold(state, command.decide(state, NOW)), expected
        assert (state.tool.fingerprint if state.tool else "") == plain
