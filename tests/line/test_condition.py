"""Whatever is bad is said before all that is good, through every door, and no lamp is green beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations

import pytest

from andon.engine.health import Fault
from andon.kernel.ids import EnvironmentName, ServiceName, stream
from andon.line.board import draw
from andon.line.condition import of_line, rolled_back
from andon.tools.delivery.condition import of_environment, of_service
from andon.tools.delivery.events import CordPulled, LineRejected, RouteLost, SlotLost, SlotRestarted
from andon.tools.delivery.views import ServiceSeen
from andon.web.condition import KINDS, Condition, Finding, worst_first
from tests.line.story import NOW, PRODUCTION, TEST, Piece, Story, ago, hexed
from tests.line.test_board import changes_of, environments_of

FAULT = Fault(part="view Changes", position=7, reason="KeyError: 'x'", at=NOW, stands_still=True)
SKIPPED = Fault(part="reaction to a.B of c/d", position=8, reason="KeyError: 'x'", at=NOW, stands_still=False)


def good() -> tuple[Story, Piece]:
    """Shop 1.2 serves test; its trunk is green."""
    story = Story()
    story.inits(("shop",))
    Piece(story, "shop", "Old", "Ada", 1, "1.1", ago(hours=9), 1).green().requested(TEST).rolls(TEST, "blue")
    piece = Piece(story, "shop", "New", "Ada", 2, "1.2", ago(hours=8), 2).green().requested(TEST).rolls(TEST, "green")
    return story, piece


def line_stopped(story: Story, piece: Piece) -> None:
    story.tell(NOW, stream("cord", "line"), CordPulled(scope="line", reason="Fire."), actor="linus")


def cord_pulled(story: Story, piece: Piece) -> None:
    story.tell(NOW, stream("cord", "line"), CordPulled(scope="environment/test", reason="Smoke."), actor="linus")


def down(story: Story, piece: Piece) -> None:
    story.tell(NOW, piece.place(TEST), SlotLost(slot="green", reason="exit code 7"))


def unreachable(story: Story, piece: Piece) -> None:
    story.tell(NOW, piece.place(TEST), RouteLost(reason="the router ended"))


def crash_loop(story: Story, piece: Piece) -> None:
    for number in range(1, 4):
        at = NOW - timedelta(minutes=4 - number)
        story.tell(at, piece.place(TEST), SlotRestarted(slot="green", reason="exit code 7", restarts=number))


def degraded(story: Story, piece: Piece) -> None:
    event = SlotRestarted(slot="green", reason="exit code 7", restarts=1)
    story.tell(NOW - timedelta(minutes=2), piece.place(TEST), event)


def deployment_failed(story: Story, piece: Piece) -> None:
    bad = Piece(story, "shop", "Bad", "Ada", 3, "1.3", ago(minutes=30), 3).green().requested(TEST)
    bad.rolls(TEST, "blue", until="ready").fails(TEST, "GET / answered 500")


def trunk_red(story: Story, piece: Piece) -> None:
    red = Piece(story, "billing", "Break", "Ada", 9, "1.9", ago(minutes=20), 9).lands().reads().starts("unit")
    red.ends("unit", 1, failed=("test_a",)).finishes(None, "unit: 1 test failed")


def line_rejected(story: Story, piece: Piece) -> None:
    story.tell(NOW, stream("line", "main"), LineRejected(commit=piece.commit, reason="line.toml:3:1: no such key."))


#: what makes it so -> how its sentence begins; the worst first
BAD: dict[Callable[[Story, Piece], None], str] = {
    line_stopped: "The line is stopped by linus.",
    unreachable: "shop 1.2 cannot be reached in test; its route is being opened again.",
    down: "shop 1.2 is down in test and is being started again.",
    crash_loop: "shop 1.2 crashes in a loop in test: 3 restarts in 10 min.",
    trunk_red: "Trunk is red in billing.",
    deployment_failed: "shop 1.3 failed in test.",
    cord_pulled: "Everything into test is stopped by linus.",
    degraded: "shop 1.2 crashed in test and was restarted 2 min ago.",
    line_rejected: "The newest line.toml is not in force: line.toml:3:1: no such key.",
}
#: what is not said beside what is worse and says it, too
HIDES: dict[Callable[[Story, Piece], None], Callable[[Story, Piece], None]] = {unreachable: down, crash_loop: degraded}
OF_SERVICES = {unreachable, down, crash_loop, deployment_failed, degraded}


def doors(story: Story) -> dict[str, Condition]:
    """How each door says that it stands."""
    environments, changes = environments_of(story.told), changes_of(story.told)
    services = tuple(environments.services(TEST))
    return {
        "line": of_line(changes, environments, (), NOW),
        "environment": of_environment(TEST, services, NOW),
        "service": of_service(services[0], NOW),
    }


def test_all_is_good() -> None:
    """Then, and only then, every lamp is green."""
    story, _ = good()
    assert {name: one.colour for name, one in doors(story).items()} == dict.fromkeys(doors(story), "green")
    assert doors(story)["line"].sentence == "Trunk is green."


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.__name__)
def test_each_bad_thing_comes_first_at_each_door(bad: Callable[[Story, Piece], None]) -> None:
    """Beside everything that is good."""
    story, piece = good()
    bad(story, piece)
    for name, condition in doors(story).items():
        if name == "line" or bad in OF_SERVICES:
            assert condition.colour in {"red", "amber"}, name
            assert condition.sentence.startswith(BAD[bad]), name


@pytest.mark.parametrize(("one", "other"), list(combinations(BAD, 2)), ids=lambda bad: bad.__name__)
def test_of_two_bad_things_both_are_said(
    one: Callable[[Story, Piece], None], other: Callable[[Story, Piece], None]
) -> None:
    """The colour is that of the worse one; what hides in another sentence may be left out."""
    story, piece = good()
    other(story, piece)
    one(story, piece)
    condition = doors(story)["line"]
    kinds = [finding.kind for finding in condition.findings]
    assert condition.colour == next(colour for kind, colour in KINDS.items() if kind in kinds)
    hidden = HIDES.get(one) is other or HIDES.get(other) is one or (one, other) == (down, crash_loop)
    assert BAD[one] in condition.sentence or hidden
    assert BAD[other] in condition.sentence or hidden


def test_the_board_says_it_and_does_not_say_that_nothing_is_stopped() -> None:
    """Its lamp, its headline and its summary agree."""
    story, piece = good()
    deployment_failed(story, piece)
    board = draw(changes_of(story.told), environments_of(story.told), (), NOW)
    assert (board.colour, board.sentence) == ("amber", "shop 1.3 failed in test. Trunk is green.")
    assert "nothing stopped" not in board.summary


def test_a_first_deployment_that_failed_is_red() -> None:
    """Nothing serves."""
    story = Story()
    story.inits(("shop",))
    piece = Piece(story, "shop", "Crash", "Ada", 1, "1.1", ago(minutes=9)).green().requested(TEST)
    piece.rolls(TEST, "blue", until="ready").fails(TEST, "GET / answered 500")
    for condition in doors(story).values():
        assert condition.colour == "red"
        assert condition.sentence.startswith("shop 1.1 failed in test.")


def test_a_rolled_back_version_is_named_until_a_newer_one_serves() -> None:
    """With who went back, and when; then it is history."""
    story, _ = good()
    again = Piece(story, "shop", "Old", "Ada", 1, "1.1", ago(minutes=11), 3, rollback=True)
    again.requested(TEST, actor="ada").rolls(TEST, "blue")
    sentence = doors(story)["line"].sentence
    assert sentence.startswith("shop 1.2 was rolled back from test ")
    assert sentence.endswith(" by ada. Trunk is green.")
    commit = hexed("shopNew", 40)
    assert re.fullmatch(r"Rolled back from test \d+ min ago by ada\.", rolled_back(changes_of(story.told), commit, NOW))
    assert rolled_back(changes_of(story.told), hexed("shopOld", 40), NOW) == ""
    row = next(row for row in draw_rows(story) if row[0] == "New")
    assert row[1] == "failure"
    assert row[2].startswith("rolled back ")
    assert row[2].endswith(" by ada")
    Piece(story, "shop", "Better", "Ada", 4, "1.4", ago(minutes=5), 4).green().requested(TEST).rolls(TEST, "green")
    assert doors(story)["line"].sentence == "Trunk is green."


def draw_rows(story: Story) -> list[tuple[str, str, str]]:
    """Subject, and the state and words of its cell in test."""
    board = draw(changes_of(story.told), environments_of(story.told), (), NOW)
    return [(row.subject, row.places[0].state, row.places[0].more) for _, rows in board.repositories for row in rows]


def test_a_part_of_the_engine_that_stands_still_is_red() -> None:
    """One that left an entry out is amber; both name the entry."""
    story, _ = good()
    known = changes_of(story.told), environments_of(story.told)
    still, skipped = of_line(*known, (FAULT,), NOW), of_line(*known, (SKIPPED,), NOW)
    assert still.colour == "red"
    assert still.sentence.startswith("The view Changes of this server stands still since ledger entry 7.")
    assert skipped.colour == "amber"
    assert skipped.sentence.startswith("The reaction to a.B of c/d failed at ledger entry 8 and was left out.")


def test_what_the_cord_ended_is_no_failure_of_the_artifact() -> None:
    """Nor is what a newer request came before."""
    story, _ = good()
    Piece(story, "shop", "Late", "Ada", 3, "1.3", ago(minutes=30), 3).green().requested(TEST).fails(
        TEST, "superseded", outcome="cancel"
    )
    assert doors(story)["service"].colour == "green"


def test_production_comes_before_test() -> None:
    """Of two troubles of one kind."""
    story, piece = good()
    piece.requested(PRODUCTION).rolls(PRODUCTION, "blue")
    story.tell(NOW, piece.place(TEST), SlotLost(slot="green", reason="exit code 7"))
    story.tell(NOW, piece.place(PRODUCTION), SlotLost(slot="blue", reason="exit code 7"))
    assert doors(story)["line"].sentence.startswith("shop 1.2 is down in production")


def test_many_troubles_are_counted() -> None:
    """Three sentences, then a number, then the trunk."""
    findings = [Finding(kind="down", sentence=f"{number} is down.") for number in range(5)]
    trunk = Finding(kind="good", sentence="Trunk is green.")
    sentence = worst_first((trunk, *findings)).sentence
    assert sentence == "0 is down. 1 is down. 2 is down. 2 more problems. Trunk is green."


def test_a_service_that_nobody_deployed_is_grey() -> None:
    """Neither good nor bad."""
    seen = ServiceSeen(environment=EnvironmentName("test"), service=ServiceName("shop"))
    assert (of_service(seen, NOW).colour, of_service(seen, NOW).sentence) == (
        "grey",
        "Nothing of shop serves test yet.",
    )
