"""What the commands of delivery print, and how they end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from andon.console.session import Session
from andon.console.terminal import Terminal
from andon.tools.delivery import commands

ANSWER = {
    "environment": "production",
    "service": "shop",
    "version": "1.2",
    "digest": "sha256:1",
    "state": "verified",
    "promotion": "production/shop/2",
    "phase": "",
    "reason": "",
    "took_seconds": 1.25,
    "url": "http://127.0.0.1:8702/",
    "cut_off": 0,
    "warning": "",
}
REVISION = {"version": "1.2"}
SERVICE = {
    "service": "shop",
    "url": "http://127.0.0.1:8702/",
    "live": REVISION,
    "slots": [],
    "route_trouble": "",
    "stopped_by": None,
    "in_progress": None,
    "offered": "",
    "next": "",
    "promoted": [{"verdict": "verified", "revision": REVISION}],
}


class FakeApi:
    """Answers what it was given, and remembers what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any]] = []

    def post(self, path: str, body: object = None, *, query: Any = None) -> Any:
        self.asked.append(("POST", path, body))
        return self.answers.pop(0)

    def get(self, path: str, *, query: Any = None) -> Any:
        self.asked.append(("GET", path, query))
        return self.answers.pop(0)


Said = Callable[[], str]


def opened(*answers: Any, as_json: bool = False) -> tuple[Session, FakeApi, Said]:
    out = io.StringIO()
    terminal = Terminal(out=out, err=io.StringIO(), width=120, colour=False, err_colour=False, moving=False)
    session = Session(url="http://127.0.0.1:8600", find_token=lambda url: "", json=as_json, terminal=terminal)
    api = FakeApi(*answers)
    session.__dict__["api"] = api
    return session, api, out.getvalue


def test_promote_says_where_it_is_now() -> None:
    """With the time that it took and the address."""
    session, api, said = opened(ANSWER)
    assert commands.promote("shop", session=session) == 0
    assert said() == "✓ shop 1.2 verified in production after 1.2 s\n  http://127.0.0.1:8702/\n"
    assert api.asked[0] == ("POST", "/api/v1/promotions", {"service": "shop", "environment": "", "version": ""})


def test_promote_says_what_the_switch_cut_off() -> None:
    """The promotion is verified; whoever was cut off was not."""
    session, _, said = opened(ANSWER | {"cut_off": 3, "warning": "3 requests were cut off."})
    assert commands.promote("shop", session=session) == 0
    assert said().endswith("\n  ! 3 requests were cut off.\n")


def test_promote_waits_for_the_verdict_in_steps() -> None:
    """A request may not take for ever; the wait goes on in the next one."""
    session, api, said = opened(ANSWER | {"state": "requested"}, ANSWER | {"state": "requested"}, ANSWER)
    assert commands.promote("shop", session=session) == 0
    assert [path for _, path, _ in api.asked[1:]] == ["/api/v1/promotions/production/shop/2"] * 2
    assert "verified" in said()


def test_a_failed_promotion_ends_with_1_and_its_reason() -> None:
    """So that scripts stop, and people read why."""
    failed = ANSWER | {"state": "failed", "phase": "smoke", "reason": "GET / answered 500", "took_seconds": None}
    session, _, said = opened(failed)
    assert commands.promote("shop", env="production", version="1.2", session=session) == 1
    assert said() == "✗ shop 1.2 failed in production (smoke): GET / answered 500\n"


def test_promoting_what_is_there_already_is_done() -> None:
    """And says that there was nothing to do."""
    session, _, said = opened(ANSWER | {"state": "there", "promotion": None})
    assert commands.promote("shop", session=session) == 0
    assert "is in production already; nothing to do" in said()


def test_rollback_asks_for_the_version() -> None:
    """Through its own address."""
    session, api, _ = opened(ANSWER)
    commands.rollback("shop", env="test", version="1.1", session=session)
    assert api.asked[0] == ("POST", "/api/v1/rollbacks", {"service": "shop", "environment": "test", "version": "1.1"})


def test_the_cord_says_what_stands_and_how_to_go_on() -> None:
    """With the command to copy, and who may use it; nothing else is asked, which could fail afterwards."""
    session, api, said = opened([])
    commands.pull("service/shop", reason="prices are wrong", session=session)
    assert "service/shop is stopped" in said()
    assert "an operator releases it: andon cord release service/shop --reason …" in said()
    assert len(api.asked) == 1


def test_releasing_one_cord_shows_those_that_are_left() -> None:
    """So that nobody thinks that everything goes on."""
    session, _, said = opened([{"scope": "line", "reason": "smoke", "by": "ada"}])
    commands.release("service/shop", reason="corrected", session=session)
    assert said() == '✓ service/shop goes on\n■ line is stopped: "smoke", pulled by ada\n'


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "✓ 1.2 verified"),
        (
            {"in_progress": {"revision": {"version": "1.3"}, "phase": "smoke"}},
            "\n▸ shop 1.3 is on its way into test: smoke\n",
        ),
        (
            {"offered": "1.3", "next": "andon promote shop --env test"},
            "\n… shop 1.3 waits: andon promote shop --env test\n",
        ),
        ({"stopped_by": {"reason": "prices are wrong"}}, "\n■ shop in test is stopped: prices are wrong\n"),
        ({"slots": [{"role": "live", "lost": "exit code 7"}]}, "✗ 1.2 is down, is being started again"),
        ({"slots": [{"role": "live", "lost": ""}, {"role": "draining", "lost": "exit code 7"}]}, "shop         1.2 "),
        ({"route_trouble": "no such port"}, "✗ 1.2 is down"),
    ],
)
def test_the_line_is_a_table(change: dict[str, Any], words: str) -> None:
    """One row a service, with what is live and the last verdict; what is on its way stands below."""
    empty = {"name": "staging", "promotion": "manual", "services": [], "colour": "grey", "sentence": "Nothing serves."}
    state = {"colour": "amber", "sentence": "shop 1.3 failed in test."}
    session, _, said = opened(
        [{"name": "test", "promotion": "automatic", "services": [SERVICE | change], **state}, empty],
        {"trouble": "", "warnings": []},
    )
    commands.line(session=session)
    assert words in said()
    assert "shop 1.3 failed in test.\n" in said()
    assert "test (automatic)" in said()
    assert "nothing yet" in said()


def test_programs_get_json() -> None:
    """The same facts."""
    session, _, said = opened(ANSWER, as_json=True)
    commands.promote("shop", session=session)
    assert json.loads(said()) == ANSWER
