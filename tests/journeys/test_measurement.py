"""Numbers from what happened on the line, and from what other tools and files tell, as people use them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from andon.testing.installation import ANDON

from .world import World, awaiting, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

API = "/api/v1/measurement"
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  (webhooks tell of the time around now)


def metrics(server: World, query: str = "") -> dict[str, Any]:
    """The numbers of the one service there is, by their ids."""
    return {metric["id"]: metric for metric in server.house.get(f"{API}/numbers?{query}")["metrics"]}


def evidence(server: World, metric: str, query: str = "") -> list[dict[str, Any]]:
    """What was counted for a number."""
    rows: list[dict[str, Any]] = server.house.get(f"{API}/evidence/{metric}?{query}")["evidence"]["rows"]
    return rows


def stamp(at: datetime) -> str:
    """As GitHub writes instants."""
    return at.isoformat().replace("+00:00", "Z")


class GitHub:
    """Sends webhooks as GitHub does."""

    def __init__(self, server: World, *options: str) -> None:
        self.server = server
        made = server.house.andon("connect", "add", "our-github", "github", "--json", *options)
        assert made.code == 0, made.err
        self.secret = made.json["secret"]

    def send(self, event: str, body: object, delivery: str = "", secret: str = "") -> httpx2.Response:
        """One delivery."""
        content = json.dumps(body).encode()
        signed = hmac.new((secret or self.secret).encode(), content, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery or hashlib.sha256(content).hexdigest()[:12],
            "X-Hub-Signature-256": f"sha256={signed}",
        }
        url = f"{self.server.house.url}/api/v1/intake/our-github"
        return httpx2.post(url, content=content, headers=headers, timeout=30)

    def deployed(self, number: int, commit: str, at: datetime, clone_url: str = "") -> dict[str, Any]:
        """A deployment that went well."""
        return {
            "action": "created",
            "deployment_status": {"id": number, "state": "success", "created_at": stamp(at)},
            "deployment": {
                "id": number,
                "sha": commit,
                "environment": "production",
                "created_at": stamp(at - timedelta(minutes=2)),
            },
            "repository": {"full_name": "octo-org/shop", "clone_url": clone_url},
        }


def test_a_change_goes_down_the_line_and_a_rollback_is_a_failure_that_is_known(server: World) -> None:
    """Numbers over the API follow what happened, each with the rows behind it."""
    shop = server.clone("shop")
    commits = []
    for subject in ("One", "Two", "Three"):
        commits.append(shop.commit(subject, service("shop", subject.lower())))
        assert shop.push().code == 0
        assert server.house.andon("promote", "shop").code == 0
    assert server.house.andon("rollback", "shop").code == 0
    found = metrics(server)
    assert [row["commit"] for row in evidence(server, "change-lead-time")] == commits[1:]
    assert found["change-lead-time"]["n"] == 2
    assert any("first deployment" in one["reason"] for one in found["change-lead-time"]["excluded"])
    counted = evidence(server, "change-fail-rate")
    assert [row["name"] for row in counted if "explicit" in row["why"]] == ["1.3"]
    assert sorted(row["name"] for row in counted) == ["1.1", "1.2", "1.3"]
    assert found["change-fail-rate"]["value"] == pytest.approx(1 / 3)
    assert found["failed-deployment-recovery-time"]["n"] == 1
    in_test = metrics(server, "environment=test")
    assert in_test["deployment-frequency"]["counted"] == 3
    stream = server.house.get(f"{API}/value-stream")
    assert {"unit", "test"} & {word for box in stream["boxes"] for word in json.dumps(box).lower().split('"')}
    for answer in ("overview", "flow", "waste", "cost", "overlay", "wall", "sources"):
        assert server.house.ask("GET", f"{API}/{answer}").status_code == 200, answer


def test_every_commit_of_a_large_push_counts(server: World) -> None:
    """The push tells its newest 500; the rest is read from the server's own repository."""
    shop = server.clone("shop")
    shop.commit("One", service("shop"))
    assert shop.push().code == 0
    assert server.house.andon("promote", "shop").code == 0
    before = shop.git("rev-parse", "HEAD").out.strip()
    many = "".join(
        f"commit refs/heads/trunk\ncommitter Ada <ada@example.org> {int(NOW.timestamp())} +0000\ndata 3\nOne\n"
        + (f"from {before}\n" if not number else "")
        + f"M 100644 inline notes.txt\ndata {len(str(number))}\n{number}\n"
        for number in range(1200)
    )
    imported = shop.installation.run(["git", "fast-import", "--quiet", "--force"], shop.folder, many)
    assert imported.code == 0, imported.err
    shop.git("reset", "--hard", "--quiet", "trunk")
    head = shop.git("rev-parse", "HEAD").out.strip()
    assert shop.push().code == 0

    def walked() -> bool:
        return any(walk["known"] == head for walk in server.house.get(f"{API}/sources")["walks"])

    awaiting(walked, "the walk of the own repository")
    assert server.house.andon("promote", "shop").code == 0
    assert metrics(server)["change-lead-time"]["n"] == 1200
    server.house.restart()
    assert metrics(server)["change-lead-time"]["n"] == 1200


def test_webhooks_are_proven_counted_once_and_kept_when_nobody_understands_them(server: World) -> None:
    """Signed, replayed, wrong, unknown, malformed; and nothing of a wrong one is recorded."""
    github = GitHub(server)
    body = github.deployed(1, "a" * 40, NOW)
    assert github.send("deployment_status", body).status_code == 202
    again = github.send("deployment_status", body)
    assert (again.status_code, again.json()["known"]) == (202, True)
    before = server.ledger()
    wrong = github.send("deployment_status", github.deployed(2, "b" * 40, NOW), secret="somebody else's secret")
    assert wrong.status_code == 403
    assert "signature" in wrong.json()["error"]["reason"]
    assert server.ledger() == before
    assert server.house.get(f"{API}/sources")["sources"][0]["turned_away"] == 1
    unknown = github.send("package", {"action": "published"})
    assert (unknown.status_code, bool(unknown.json()["kept"])) == (202, True)
    assert github.send("deployment_status", {"no": "deployment"}).status_code == 400
    kept = server.house.get(f"{API}/kept")
    assert [one["what"] for one in kept] == ["not understood", "package"]
    body_again = server.house.ask("GET", f"{API}/kept/our-github/{kept[1]['digest']}").content
    assert body_again.endswith(b'{"action": "published"}')
    assert github.secret.encode() not in body_again
    (source,) = server.house.get(f"{API}/sources")["sources"]
    # a right delivery since then: the trouble is over
    assert (source["facts"], source["kept"], source["turned_away"]) == ({"deployments": 1}, 2, 0)


def test_a_tool_that_was_removed_tells_nothing_and_what_it_told_stays(server: World) -> None:
    """Neither it nor a stranger is listened to."""
    github = GitHub(server)
    body = github.deployed(1, "a" * 40, NOW)
    assert github.send("deployment_status", body).status_code == 202
    assert server.house.andon("connect", "remove", "our-github").code == 0
    assert github.send("deployment_status", body).status_code == 404
    assert httpx2.post(f"{server.house.url}/api/v1/intake/nobody", content=b"{}").status_code == 404
    assert metrics(server)["deployment-frequency"]["counted"] == 1


def test_git_is_walked_where_a_webhook_says_and_nowhere_else(begin: Any, tmp_path_factory: Any) -> None:
    """Commits come from git, with their parents; an address that was not allowed is said."""
    folder = tmp_path_factory.mktemp("j")
    home = folder / "home"
    home.mkdir(parents=True)
    (home / ".gitconfig").write_text(f"[credential]\n\thelper = !'{ANDON}' credential\n")
    server: World = begin(folder)
    source = server.clone("elsewhere")
    first, second = source.commit("One"), source.commit("Two")
    assert source.push().code == 0
    url = f"{server.house.url}/git/elsewhere"
    github = GitHub(server, "--clones-from", f"{server.house.url}/git/", "--service", "octo-org/shop=shop")
    github.send("deployment_status", github.deployed(1, first, NOW - timedelta(hours=1), url))
    after = datetime.now(UTC) + timedelta(seconds=2)  # noqa: TID251  (after git's own clock)
    told = github.send("deployment_status", github.deployed(2, second, after, url))
    assert told.json()["facts"] == 1

    def walked() -> bool:
        walks = server.house.get(f"{API}/sources")["walks"]
        return bool(walks) and walks[0]["known"] == second and not walks[0]["walking"]

    awaiting(walked, "the walk")
    until = f"to={stamp(NOW + timedelta(hours=2))}"
    assert [row["commit"] for row in evidence(server, "change-lead-time", until)] == [second]
    outside = github.send("deployment_status", github.deployed(3, "c" * 40, NOW, "https://evil.example/x.git"))
    assert "may clone only from" in outside.json()["troubles"][0]
    assert "evil.example" in server.house.andon("connect", "list").out


def test_a_file_of_facts_is_taken_once_and_its_broken_rows_are_named(server: World) -> None:
    """Good rows count, broken ones are said with their line; with --strict it is all or nothing."""
    rows = [
        f"d{number},shop,production,shop,{number:040x},{stamp(NOW - timedelta(days=number))}" for number in range(1, 8)
    ]
    rows[3] = rows[3].replace(stamp(NOW - timedelta(days=4)), "yesterday")
    file = server.house.home / "deployments.csv"
    file.write_text("\n".join(("id,service,environment,repository,commit,finished_at", *rows)) + "\n")
    refused = server.house.andon("import", str(file), "--strict")
    assert refused.code == 1
    assert "nothing was taken" in refused.err
    taken = server.house.andon("import", str(file))
    assert taken.code == 1, "a script must see that rows are broken"
    assert "6 facts" in taken.out
    assert "line 5" in taken.out
    before = server.ledger()
    again = server.house.andon("import", str(file))
    assert (again.code, "nothing is new" in again.out, "line 5" in again.out) == (1, True, True)
    assert server.ledger() == before
    assert metrics(server)["deployment-frequency"]["counted"] == 6
    no_form = server.house.andon("import", str(server.house.home / "facts.txt"))
    assert (no_form.code, "ending says no form" in no_form.err) == (1, True)


def test_an_improvement_is_planned_measured_and_acted_on(server: World) -> None:
    """Kaizen from the terminal, with the number measured before and after."""
    file = server.house.home / "deployments.csv"
    rows = [
        f"d{number},shop,production,shop,{number:040x},{stamp(NOW - timedelta(hours=6 * number))}"
        for number in range(1, 20)
    ]
    file.write_text("\n".join(("id,service,environment,repository,commit,finished_at", *rows)) + "\n")
    assert server.house.andon("import", str(file)).code == 0
    by = stamp(NOW + timedelta(days=30))
    aim = ("--metric", "deployment-frequency", "--to", "8 a day", "--by", by, "--over", "5d")
    planned = server.house.andon("kaizen", "plan", "Ship each change alone", *aim, "--json")
    assert planned.code == 0, planned.err
    assert planned.json["baseline"]["n"] > 0
    for step in ("do", "check"):
        assert server.house.andon("kaizen", step, "1").code == 0
    seen = awaiting(lambda: server.house.get(f"{API}/improvements/1")["checks"], "the check")
    assert seen[0]["verdict"] in {"moved", "unmoved", "reached", "unknown"}
    assert "Ship each change alone" in server.house.andon("kaizen", "list").out
    assert server.house.andon("kaizen", "keep", "1", "--learned", "it is less to explain").code == 0
    refused = server.house.andon("kaizen", "check", "1")
    assert (refused.code, "kept already" in refused.err) == (2, True)


def test_people_say_how_it_is_what_it_costs_and_what_it_brings(server: World) -> None:
    """The pulse without names; prices; a number of the business."""
    assert server.house.andon("pulse", "4").code == 0
    assert "too few to be shown" in server.house.andon("pulse").out
    answered = server.happened("measurement.PulseAnswered")[0]
    assert answered["actor"] == "andon/pulse"
    who = server.house.get("/api/v1/whoami")["account"]
    assert who not in json.dumps(answered)
    assert server.house.andon("price", "EUR", "--run-minute", "0.01", "--environment-hour", "production=0.1").code == 0
    assert server.house.get(f"{API}/prices")[0]["prices"]["currency"] == "EUR"
    assert server.house.andon("feed", "orders", "12.5").code == 0
    assert server.house.get(f"{API}/series/orders")[0]["value"] == 12.5
