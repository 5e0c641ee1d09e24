"""From `git push` to production, back, and stopped: the line as people use it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from andon.testing.installation import ANDON
from andon.testing.load import load_beside

from .world import World, awaiting, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

PAUSE = timedelta(milliseconds=5)


@pytest.fixture
def released(shared: World) -> Iterator[None]:
    """No cord that a test pulled stops the tests after it."""
    yield
    for pulled in shared.house.get("/api/v1/cord"):
        body = {"scope": pulled["scope"], "reason": "the test is over"}
        assert shared.house.ask("POST", "/api/v1/cord/release", body=body).is_success


def test_a_service_is_replaced_under_load(shared: World) -> None:
    """Push, test, promote; then the next version takes over, and no request is lost."""
    shop = shared.clone("replaced")
    shop.commit("One", service("replaced", "one"))
    said = shop.push()
    assert said.code == 0
    assert "✓ test" in said.err
    assert "waits for: andon promote replaced" in said.err
    assert shared.says("test", "replaced") == "one 1.1"
    assert shared.live("production", "replaced") == ""
    done = shared.house.andon("promote", "replaced")
    assert (done.code, shared.says("production", "replaced")) == (0, "one 1.1")
    shop.commit("Two", service("replaced", "two"))
    with load_beside(shared.port("production", "replaced"), pause=PAUSE) as load:
        assert shop.push().code == 0
        assert shared.house.andon("promote", "replaced").code == 0
        awaiting(lambda: load.bodies[b"two 1.2"], "an answer of the second version")
    assert load.failed == 0, load.reasons
    assert load.bodies[b"one 1.1"]


def test_a_mistake_goes_no_further_and_back_is_no_rebuild(shared: World) -> None:
    """A broken version stays out of production whoever asks; a rollback promotes the digest that was verified."""
    shop = shared.clone("broken")
    for subject in ("One", "Two"):
        shop.commit(subject, service("broken", subject.lower()))
        assert shop.push().code == 0
        assert shared.house.andon("promote", "broken").code == 0
    digests = [published["digest"] for published in shared.published("broken")]
    shop.commit("Broken", service("broken", "three", status=500))
    assert "✗ test" in shop.push().err
    assert [shared.says(where, "broken") for where in ("test", "production")] == ["two 1.2", "two 1.2"]
    refused = shared.house.andon("promote", "broken", "--env", "production", "--version", "1.3")
    assert refused.code == 2
    assert "was not verified in test" in refused.err

    runs = len(shared.runs("broken"))
    assert shared.house.andon("rollback", "broken").code == 0
    assert shared.says("production", "broken") == "one 1.1"
    assert len(shared.runs("broken")) == runs
    back = shared.happened("delivery.PromotionVerified", stream="service/production/broken")[-1]["data"]
    assert (back["rollback"], back["digest"]) == (True, digests[0])
    assert "1.1" in shared.house.andon("trace", back["commit"]).out


def test_the_same_deployment_twice_does_nothing(server: World) -> None:
    """Asked again, by terminal, API and a push of the same commit, nothing is started and nothing published."""
    shop = server.clone("same")
    shop.commit("One", service("same"))
    shop.push()
    assert server.house.andon("promote", "same").code == 0
    before = server.ledger()
    again = server.house.andon("promote", "same", "--env", "production", "--json")
    assert again.json["state"] == "there"
    body = {"service": "same", "environment": "production", "version": "1.1"}
    assert server.house.ask("POST", "/api/v1/promotions", body=body).json()["state"] == "there"
    assert "Everything up-to-date" in shop.push().err
    assert server.ledger() == before


def test_a_pulled_cord_stops_promotions_everywhere_and_says_why(shared: World, released: None) -> None:
    """Terminal, API and page name who and why; released, the line goes on."""
    shop = shared.clone("corded")
    shop.commit("One", service("corded"))
    shop.push()
    assert shared.house.andon("cord", "pull", "--reason", "the till does not open").code == 0
    refused = shared.house.andon("promote", "corded")
    answer = shared.house.ask("POST", "/api/v1/promotions", body={"service": "corded"})
    page = shared.house.ask("GET", "/").text
    who = shared.house.get("/api/v1/whoami")["account"]
    assert refused.code == 2
    assert answer.status_code == 409
    for said in (refused.err, answer.text, page):
        assert "the till does not open" in said
        assert who in said
    assert answer.json()["error"]["rule"] == "cord-pulled"

    shop.commit("Two", service("corded", "two"))
    shop.push()
    assert shared.live("test", "corded") == "1.1"
    assert shared.house.andon("cord", "release", "--reason", "a coin was stuck").code == 0
    assert shared.house.andon("promote", "corded", "--env", "test").code == 0
    assert shared.house.andon("promote", "corded", "--env", "production").code == 0
    assert shared.says("production", "corded") == "two 1.2"


def test_a_promotion_on_its_way_is_halted_within_a_second(shared: World, released: None) -> None:
    """The cord also stops what has begun; what was live stays live."""
    shop = shared.clone("halted")
    slow = service("halted", "never")
    slow["service.py"] = "import time\nwhile True: time.sleep(1)\n"
    shop.commit("One", service("halted", "one"))
    shop.push()
    shop.commit("Slow", slow)
    shop.push("-o", "detach")
    awaiting(lambda: shared.standing("test", "halted")["in_progress"], "the slow one to start")
    assert shared.house.andon("cord", "pull", "environment/test", "--reason", "look at it first").code == 0
    awaiting(lambda: shared.standing("test", "halted")["in_progress"] is None, "the halt")
    halted = shared.happened("delivery.PromotionFailed", stream="service/test/halted")[-1]
    pulled = shared.happened("delivery.CordPulled")[-1]
    assert seconds_between(pulled["at"], halted["at"]) < 1
    assert "look at it first" in halted["data"]["reason"]
    assert shared.says("test", "halted") == "one 1.1"


def seconds_between(earlier: str, later: str) -> float:
    """Of two times of the ledger."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def test_a_branch_is_only_built(shared: World) -> None:
    """Its run is green; nothing is published or deployed."""
    shop = shared.clone("branched")
    shop.commit("One", service("branched"))
    shop.push()
    shop.git("switch", "--quiet", "--create", "idea")
    idea = shop.commit("An idea", service("branched", "idea"))
    said = shop.push(branch="idea")
    assert said.code == 0
    assert shared.run_of("branched", idea)["lamp"] == "success"
    assert [published["version"] for published in shared.published("branched")] == ["1.1"]
    assert shared.live("test", "branched") == "1.1"


def test_who_detaches_does_not_wait(shared: World) -> None:
    """The push ends while the run goes on; the run ends as well."""
    shop = shared.clone("detached")
    files = {"andon.toml": 'schema = 1\n[task.long]\nrun = "until test -e /tmp/never; do sleep 0.2; done"\n'}
    commit = shop.commit("Long", files)
    said = shop.push("-o", "detach")
    assert said.code == 0
    run = awaiting(lambda: next((r for r in shared.runs("detached") if r["commit"] == commit), None), "the run")
    assert run["lamp"] not in {"success", "failure", "error", "cancel"}
    assert "goes on without you" in said.err
    cancelled = shared.house.ask("POST", f"/api/v1/runs/{run['number']}/cancel", body={"reason": "seen enough"})
    assert cancelled.is_success
    assert shared.run_of("detached", commit)["lamp"] == "cancel"


def test_a_run_here_ends_as_it_does_on_the_server(shared: World) -> None:
    """`andon run` says the same of the same file, green and red, task by task."""
    shop = shared.clone("here")
    for code, command in ((0, "test -s service.py"), (1, "exit 3")):
        files = service("here")
        files["andon.toml"] = files["andon.toml"].replace("test -s service.py", command)
        shop.commit(command, files)
        here = shared.house.andon("run", "--json", cwd=shop.folder)
        shop.push()
        there = shared.runs("here")[0]
        assert here.code == code, here.err
        for said in ("lamp", "reason"):
            assert here.json[said] == there[said]
            assert [task[said] for task in here.json["tasks"]] == [task[said] for task in there["tasks"]]


def test_everything_is_gone_after_down_and_back_after_up(shared: World) -> None:
    """One server has a folder; `andon down` stops all of it, twice is once; the next start brings services back."""
    shop = shared.clone("returns")
    shop.commit("One", service("returns"))
    shop.push()
    assert shared.house.andon("promote", "returns").code == 0
    second = shared.house.andon("up", str(shared.house.data), "--port", "0")
    assert second.code == 1
    assert f"andon down {shared.house.data}" in second.err
    assert shared.says("test", "returns") == "hello 1.1"
    stopped = shared.house.down()
    assert stopped.code == 0
    assert stopped.out.count("returns in production") == 2  # its service and its router
    assert "nothing" in shared.house.andon("down", str(shared.house.data)).out
    shared.house.up()
    for where in ("test", "production"):
        awaiting(partial(shared.answers, where, "returns", "hello 1.1"), f"returns in {where} to come back")


def test_the_command_is_the_one_beside_this_python() -> None:
    """What the journeys drive is what is installed here."""
    assert Path(ANDON).is_file()
