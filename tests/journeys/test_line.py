"""From `git push` to production, back, and stopped: the line as people use it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from andon.testing.installation import ANDON
from andon.testing.load import load_beside

from .world import World, awaiting, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

PAUSE = timedelta(milliseconds=5)


def test_a_service_is_replaced_under_load(server: World) -> None:
    """Push, test, promote; then the next version takes over, and no request is lost."""
    shop = server.clone("shop")
    shop.commit("One", service("shop", "one"))
    said = shop.push()
    assert said.code == 0
    assert "✓ test" in said.err
    assert "waits for: andon promote shop" in said.err
    assert server.says("test", "shop") == "one 1.1"
    assert server.live("production", "shop") == ""
    done = server.house.andon("promote", "shop")
    assert (done.code, server.says("production", "shop")) == (0, "one 1.1")
    shop.commit("Two", service("shop", "two"))
    with load_beside(server.port("production", "shop"), pause=PAUSE) as load:
        assert shop.push().code == 0
        assert server.house.andon("promote", "shop").code == 0
        awaiting(lambda: load.bodies[b"two 1.2"], "an answer of the second version")
    assert load.failed == 0, load.reasons
    assert load.bodies[b"one 1.1"]


def test_a_mistake_goes_no_further_and_back_is_no_rebuild(server: World) -> None:
    """A broken version stays out of production whoever asks; a rollback promotes the digest that was verified."""
    shop = server.clone("shop")
    for subject in ("One", "Two"):
        shop.commit(subject, service("shop", subject.lower()))
        assert shop.push().code == 0
        assert server.house.andon("promote", "shop").code == 0
    digests = [e["data"]["digest"] for e in server.happened("artifacts.ArtifactPublished")]
    shop.commit("Broken", service("shop", "three", status=500))
    assert "✗ test" in shop.push().err
    assert [server.says(where, "shop") for where in ("test", "production")] == ["two 1.2", "two 1.2"]
    refused = server.house.andon("promote", "shop", "--env", "production", "--version", "1.3")
    assert refused.code == 2
    assert "was not verified in test" in refused.err

    runs = len(server.runs("shop"))
    assert server.house.andon("rollback", "shop").code == 0
    assert server.says("production", "shop") == "one 1.1"
    assert len(server.runs("shop")) == runs
    back = server.happened("delivery.PromotionVerified")[-1]["data"]
    assert (back["rollback"], back["digest"]) == (True, digests[0])
    assert "1.1" in server.house.andon("trace", back["commit"]).out


def test_the_same_deployment_twice_does_nothing(server: World) -> None:
    """Asked again, by terminal, API and a push of the same commit, nothing is started and nothing published."""
    shop = server.clone("shop")
    shop.commit("One", service("shop"))
    shop.push()
    assert server.house.andon("promote", "shop").code == 0
    before = server.ledger()
    again = server.house.andon("promote", "shop", "--env", "production", "--json")
    assert again.json["state"] == "there"
    body = {"service": "shop", "environment": "production", "version": "1.1"}
    assert server.house.ask("POST", "/api/v1/promotions", body=body).json()["state"] == "there"
    assert "Everything up-to-date" in shop.push().err
    assert server.ledger() == before


def test_a_pulled_cord_stops_promotions_everywhere_and_says_why(server: World) -> None:
    """Terminal, API and page name who and why; released, the line goes on."""
    shop = server.clone("shop")
    shop.commit("One", service("shop"))
    shop.push()
    assert server.house.andon("cord", "pull", "--reason", "the till does not open").code == 0
    refused = server.house.andon("promote", "shop")
    answer = server.house.ask("POST", "/api/v1/promotions", body={"service": "shop"})
    page = server.house.ask("GET", "/").text
    who = server.house.get("/api/v1/whoami")["account"]
    assert refused.code == 2
    assert answer.status_code == 409
    for said in (refused.err, answer.text, page):
        assert "the till does not open" in said
        assert who in said
    assert answer.json()["error"]["rule"] == "cord-pulled"

    shop.commit("Two", service("shop", "two"))
    shop.push()
    assert server.live("test", "shop") == "1.1"
    assert server.house.andon("cord", "release", "--reason", "a coin was stuck").code == 0
    assert server.house.andon("promote", "shop", "--env", "test").code == 0
    assert server.house.andon("promote", "shop", "--env", "production").code == 0
    assert server.says("production", "shop") == "two 1.2"


def test_a_promotion_on_its_way_is_halted_within_a_second(server: World) -> None:
    """The cord also stops what has begun; what was live stays live."""
    shop = server.clone("shop")
    slow = service("shop", "never")
    slow["service.py"] = "import time\nwhile True: time.sleep(1)\n"
    shop.commit("One", service("shop", "one"))
    shop.push()
    shop.commit("Slow", slow)
    shop.push("-o", "detach")
    awaiting(lambda: server.standing("test", "shop")["in_progress"], "the slow one to start")
    assert server.house.andon("cord", "pull", "environment/test", "--reason", "look at it first").code == 0
    awaiting(lambda: server.standing("test", "shop")["in_progress"] is None, "the halt")
    halted = server.happened("delivery.PromotionFailed")[-1]
    pulled = server.happened("delivery.CordPulled")[-1]
    assert seconds_between(pulled["at"], halted["at"]) < 1
    assert "look at it first" in halted["data"]["reason"]
    assert server.says("test", "shop") == "one 1.1"


def seconds_between(earlier: str, later: str) -> float:
    """Of two times of the ledger."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def test_a_branch_is_only_built(server: World) -> None:
    """Its run is green; nothing is published or deployed."""
    shop = server.clone("shop")
    shop.commit("One", service("shop"))
    shop.push()
    shop.git("switch", "--quiet", "--create", "idea")
    idea = shop.commit("An idea", service("shop", "idea"))
    said = shop.push(branch="idea")
    assert said.code == 0
    assert server.run_of("shop", idea)["lamp"] == "success"
    assert [e["data"]["version"] for e in server.happened("artifacts.ArtifactPublished")] == ["1.1"]
    assert server.live("test", "shop") == "1.1"


def test_who_detaches_does_not_wait(server: World) -> None:
    """The push ends while the run goes on; the run ends as well."""
    shop = server.clone("shop")
    files = {"andon.toml": 'schema = 1\n[task.long]\nrun = "until test -e /tmp/never; do sleep 0.2; done"\n'}
    commit = shop.commit("Long", files)
    said = shop.push("-o", "detach")
    assert said.code == 0
    run = awaiting(lambda: next((r for r in server.runs("shop") if r["commit"] == commit), None), "the run")
    assert run["lamp"] not in {"success", "failure", "error", "cancel"}
    assert "goes on without you" in said.err
    cancelled = server.house.ask("POST", f"/api/v1/runs/{run['number']}/cancel", body={"reason": "seen enough"})
    assert cancelled.is_success
    assert server.run_of("shop", commit)["lamp"] == "cancel"


def test_a_run_here_ends_as_it_does_on_the_server(server: World) -> None:
    """`andon run` says the same of the same file, green and red, task by task."""
    shop = server.clone("shop")
    for code, command in ((0, "test -s service.py"), (1, "exit 3")):
        files = service("shop")
        files["andon.toml"] = files["andon.toml"].replace("test -s service.py", command)
        shop.commit(command, files)
        here = server.house.andon("run", "--json", cwd=shop.folder)
        shop.push()
        there = server.runs("shop")[0]
        assert here.code == code, here.err
        for said in ("lamp", "reason"):
            assert here.json[said] == there[said]
            assert [task[said] for task in here.json["tasks"]] == [task[said] for task in there["tasks"]]


def test_everything_is_gone_after_down_and_back_after_up(server: World) -> None:
    """One server has a folder; `andon down` stops all of it, twice is once; the next start brings services back."""
    shop = server.clone("shop")
    shop.commit("One", service("shop"))
    shop.push()
    assert server.house.andon("promote", "shop").code == 0
    second = server.house.andon("up", str(server.house.data), "--port", "0")
    assert second.code == 1
    assert f"andon down {server.house.data}" in second.err
    assert server.says("test", "shop") == "hello 1.1"
    stopped = server.house.down()
    assert stopped.code == 0
    assert stopped.out.count("shop in production") == 2  # its service and its router
    assert "nothing" in server.house.andon("down", str(server.house.data)).out
    server.house.up()
    for where in ("test", "production"):
        awaiting(partial(server.answers, where, "shop", "hello 1.1"), f"the shop in {where} to come back")


def test_the_command_is_the_one_beside_this_python() -> None:
    """What the journeys drive is what is installed here."""
    assert Path(ANDON).is_file()
