"""A session shows the same facts to people and to programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from andon.console.tables import table
from tests.terminals import Told, screen, server_that_answers


@dataclass(frozen=True)
class Run:
    """What is shown."""

    number: int
    at: datetime


RUN = Run(815, datetime(2026, 11, 23, 9, 14, tzinfo=UTC))


def test_people_get_what_is_rendered() -> None:
    """Text or a table."""
    shown = screen()
    shown.session.show(RUN, lambda run: f"run {run.number}")
    shown.session.show(RUN, lambda run: table(["run"], [[str(run.number)]]))
    assert [line.rstrip() for line in shown.text.splitlines()] == ["run 815", "run", "815"]


def test_programs_get_json() -> None:
    """Records and times too; sentences beside it are left out."""
    shown = screen(json=True)
    shown.session.say("Looking.")
    shown.session.show(RUN, lambda run: f"run {run.number}")
    assert json.loads(shown.text) == {"number": 815, "at": "2026-11-23T09:14:00Z"}


def test_the_token_is_looked_for_when_the_server_is_asked() -> None:
    """A command that asks nobody needs none."""
    with server_that_answers(Told()) as server:
        screen(url=server.url, token="andon_t").session.api.get("/x")
    assert server.asked[0][3] == "Bearer andon_t"
