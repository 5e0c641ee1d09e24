"""Numbers from what happened on the line, and from what other tools and files tell, as people use them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from andon.testing.installation import ANDON, NO_CERTIFICATES

from .world import World, awaiting, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

API = "/api/v1/measurement"
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  (webhooks tell of the time around now)


def metrics(server: World, query: str) -> dict[str, Any]:
    """The numbers of a service, by their ids."""
    return {metric["id"]: metric for metric in server.house.get(f"{API}/numbers?{query}")["metrics"]}


def evidence(server: World, metric: str, query: str) -> list[dict[str, Any]]:
    """What was counted for a number."""
    rows: list[dict[str, Any]] = server.house.get(f"{API}/evidence/{metric}?{query}")["evidence"]["rows"]
    return rows


def stamp(at: datetime) -> str:
    """As GitHub writes instants."""
    return at.isoformat().replace("+00:00", "Z")


def told(server: World) -> list[dict[str, Any]]:
    """Every entry but those of services, which go on beside the tests."""
    return [entry for entry in server.ledger() if not entry["type"].startswith("delivery.")]


def source_of(server: World, name: str) -> dict[str, Any]:
    """What is known of a tool that tells."""
    sources: list[dict[str, Any]] = server.house.get(f"{API}/sources")["sources"]
    return next(source for source in sources if source["name"] == name)


class GitHub:
    """Sends webhooks as GitHub does."""

    def __init__(self, server: World, name: str, *options: str) -> None:
        self.server, self.name = server, name
        made = server.house.andon("connect", "add", name, "github", "--json", *options)
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
        url = f"{self.server.house.url}/api/v1/intake/{self.name}"
        return httpx2.post(url, content=content, headers=headers, timeout=30, verify=NO_CERTIFICATES)

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
            "repository": {"full_name": f"octo-org/{self.name}", "clone_url": clone_url},
        }


def test_a_change_goes_down_the_line_and_a_rollback_is_a_failure_that_is_known(shared: World) -> None:
    """Numbers over the API follow what happened, each with the rows behind it."""
    shop = shared.clone("changed")
    commits = []
    for subject in ("One", "Two", "Three"):
        commits.append(shop.commit(subject, service("changed", subject.lower())))
        assert shop.push().code == 0
        assert shared.house.andon("promote", "changed").code == 0
    assert shared.house.andon("rollback", "changed").code == 0
    found = metrics(shared, "service=changed")
    assert [row["commit"] for row in evidence(shared, "change-lead-time", "service=changed")] == commits[1:]
    assert found["change-lead-time"]["n"] == 2
    assert any("first deployment" in one["reason"] for one in found["change-lead-time"]["excluded"])
    counted = evidence(shared, "change-fail-rate", "service=changed")
    assert [row["name"] for row in counted if "explicit" in row["why"]] == ["1.3"]
    assert sorted(row["name"] for row in counted) == ["1.1", "1.2", "1.3"]
    assert found["change-fail-rate"]["value"] == pytest.approx(1 / 3)
    assert found["failed-deployment-recovery-time"]["n"] == 1
    in_test = metrics(shared, "service=changed&environment=test")
    assert in_test["deployment-frequency"]["counted"] == 3
    stream = shared.house.get(f"{API}/value-stream?service=changed")
    assert {"unit", "test"} & {word for box in stream["boxes"] for word in json.dumps(box).lower().split('"')}
    for answer in ("overview", "flow", "waste", "cost", "overlay", "wall"):
        assert shared.house.ask("GET", f"{API}/{answer}?service=changed").status_code == 200, answer
    assert shared.house.ask("GET", f"{API}/sources").status_code == 200


def test_every_commit_of_a_large_push_counts(shared: World) -> None:
    """The push tells its newest 500; the rest is read from the server's own repository."""
    shop = shared.clone("large")
    shop.commit("One", service("large"))
    assert shop.push().code == 0
    assert shared.house.andon("promote", "large").code == 0
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
        return any(walk["known"] == head for walk in shared.house.get(f"{API}/sources")["walks"])

    awaiting(walked, "the walk of the own repository")
    assert shared.house.andon("promote", "large").code == 0
    assert metrics(shared, "service=large")["change-lead-time"]["n"] == 1200
    shared.house.restart()
    assert metrics(shared, "service=large")["change-lead-time"]["n"] == 1200


def test_webhooks_are_proven_counted_once_and_kept_when_nobody_understands_them(shared: World) -> None:
    """Signed, replayed, wrong, unknown, malformed; and nothing of a wrong one is recorded."""
    github = GitHub(shared, "proven")
    body = github.deployed(1, "a" * 40, NOW)
    assert github.send("deployment_status", body).status_code == 202
    again = github.send("deployment_status", body)
    assert (again.status_code, again.json()["known"]) == (202, True)
    before = told(shared)
    wrong = github.send("deployment_status", github.deployed(2, "b" * 40, NOW), secret="somebody else's secret")
    assert wrong.status_code == 403
    assert "signature" in wrong.json()["error"]["reason"]
    assert told(shared) == before
    assert source_of(shared, "proven")["turned_away"] == 1
    unknown = github.send("package", {"action": "published"})
    assert (unknown.status_code, bool(unknown.json()["kept"])) == (202, True)
    assert github.send("deployment_status", {"no": "deployment"}).status_code == 400
    kept = [one for one in shared.house.get(f"{API}/kept") if one["connection"] == "proven"]
    assert [one["what"] for one in kept] == ["not understood", "package"]
    body_again = shared.house.ask("GET", f"{API}/kept/proven/{kept[1]['digest']}").content
    assert body_again.endswith(b'{"action": "published"}')
    assert github.secret.encode() not in body_again
    source = source_of(shared, "proven")
    # a right delivery since then: the trouble is over
    assert (source["facts"], source["kept"], source["turned_away"]) == ({"deployments": 1}, 2, 0)


def test_a_tool_that_was_removed_tells_nothing_and_what_it_told_stays(shared: World) -> None:
    """Neither it nor a stranger is listened to."""
    github = GitHub(shared, "removed")
    body = github.deployed(1, "a" * 40, NOW)
    assert github.send("deployment_status", body).status_code == 202
    assert shared.house.andon("connect", "remove", "removed").code == 0
    assert github.send("deployment_status", body).status_code == 404
    assert (
        httpx2.post(f"{shared.house.url}/api/v1/intake/nobody", content=b"{}", verify=NO_CERTIFICATES).status_code
        == 404
    )
    assert metrics(shared, "service=removed")["deployment-frequency"]["counted"] == 1


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
    github = GitHub(server, "shop", "--clones-from", f"{server.house.url}/git/", "--service", "octo-org/shop=shop")
    github.send("deployment_status", github.deployed(1, first, NOW - timedelta(hours=1), url))
    after = datetime.now(UTC) + timedelta(seconds=2)  # noqa: TID251  (after git's own clock)
    told = github.send("deployment_status", github.deployed(2, second, after, url))
    assert told.json()["facts"] == 1

    def walked() -> bool:
        walks = server.house.get(f"{API}/sources")["walks"]
        return bool(walks) and walks[0]["known"] == second and not walks[0]["walking"]

    awaiting(walked, "the walk")
    until = f"service=shop&to={stamp(NOW + timedelta(hours=2))}"
    assert [row["commit"] for row in evidence(server, "change-lead-time", until)] == [second]
    outside = github.send("deployment_status", github.deployed(3, "c" * 40, NOW, "https://evil.example/x.git"))
    assert "may clone only from" in outside.json()["troubles"][0]
    assert "evil.example" in server.house.andon("connect", "list").out


def test_a_file_of_facts_is_taken_once_and_its_broken_rows_are_named(shared: World) -> None:
    """Good rows count, broken ones are said with their line; with --strict it is all or nothing."""
    rows = [
        f"d{number},filed,production,filed,{number:040x},{stamp(NOW - timedelta(days=number))}"
        for number in range(1, 8)
    ]
    rows[3] = rows[3].replace(stamp(NOW - timedelta(days=4)), "yesterday")
    file = shared.house.home / "deployments.csv"
    file.write_text("\n".join(("id,service,environment,repository,commit,finished_at", *rows)) + "\n")
    refused = shared.house.andon("import", str(file), "--strict")
    assert refused.code == 1
    assert "nothing was imported" in refused.err
    taken = shared.house.andon("import", str(file))
    assert taken.code == 1, "a script must see that rows are broken"
    assert "6 facts" in taken.out
    assert "line 5" in taken.out
    before = told(shared)
    again = shared.house.andon("import", str(file))
    assert (again.code, "nothing is new" in again.out, "line 5" in again.out) == (1, True, True)
    assert told(shared) == before
    assert metrics(shared, "service=filed")["deployment-frequency"]["counted"] == 6
    no_form = shared.house.andon("import", str(shared.house.home / "facts.txt"))
    assert (no_form.code, "ending says no form" in no_form.err) == (1, True)


def test_an_improvement_is_planned_measured_and_acted_on(shared: World) -> None:
    """Kaizen from the terminal, with the number measured before and after."""
    file = shared.house.home / "deployments.csv"
    rows = [
        f"i{number},improved,production,improved,{number:040x},{stamp(NOW - timedelta(hours=6 * number))}"
        for number in range(1, 20)
    ]
    file.write_text("\n".join(("id,service,environment,repository,commit,finished_at", *rows)) + "\n")
    assert shared.house.andon("import", str(file)).code == 0
    by = stamp(NOW + timedelta(days=30))
    aim = ("--metric", "deployment-frequency", "--to", "8 a day", "--by", by, "--over", "5d", "--service", "improved")
    planned = shared.house.andon("kaizen", "plan", "Ship each change alone", *aim, "--json")
    assert planned.code == 0, planned.err
    assert planned.json["baseline"]["n"] > 0
    for step in ("do", "check"):
        assert shared.house.andon("kaizen", step, "1").code == 0
    seen = awaiting(lambda: shared.house.get(f"{API}/improvements/1")["checks"], "the check")
    assert seen[0]["verdict"] in {"moved", "unmoved", "reached", "unknown"}
    assert "Ship each change alone" in shared.house.andon("kaizen", "list").out
    assert shared.house.andon("kaizen", "keep", "1", "--learned", "it is less to explain").code == 0
    refused = shared.house.andon("kaizen", "check", "1")
    assert (refused.code, "kept already" in refused.err) == (2, True)


def test_people_say_how_it_is_what_it_costs_and_what_it_brings(shared: World) -> None:
    """The pulse without names; prices; a number of the business."""
    assert shared.house.andon("pulse", "4").code == 0
    assert "too few to be shown" in shared.house.andon("pulse").out
    answered = shared.happened("measurement.PulseAnswered")[0]
    assert answered["actor"] == "andon/pulse"
    who = shared.house.get("/api/v1/whoami")["account"]
    assert who not in json.dumps(answered)
    assert shared.house.andon("price", "EUR", "--run-minute", "0.01", "--environment-hour", "production=0.1").code == 0
    assert shared.house.get(f"{API}/prices")[0]["prices"]["currency"] == "EUR"
    assert shared.house.andon("feed", "orders", "12.5").code == 0
    assert shared.house.get(f"{API}/series/orders")[0]["value"] == 12.5
