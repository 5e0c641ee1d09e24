"""Whose a service is, who changes the line, and what is left of what was removed: nothing."""

from __future__ import annotations

import re

import httpx2
import pytest

from andon.testing.installation import Clone

from .world import World, awaiting, get, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LINE = """schema = 1
[[environment]]
name = "test"
promotion = "automatic"
[[environment]]
name = "staging"
promotion = "automatic"
[[environment]]
name = "production"
"""
STAGING = '[[environment]]\nname = "staging"\npromotion = "automatic"\n'


@pytest.fixture(scope="module")
def begun(shared: World) -> tuple[World, Clone]:
    """A server with shop in test and staging, and a copy of the line's repository."""
    line = shared.clone("line")
    line.git("pull", "--quiet", "andon", "main:main")
    line.git("switch", "--quiet", "main")
    line.commit("Staging", {"line.toml": LINE})
    assert line.push(branch="main").code == 0
    shop = shared.clone("shop")
    shop.commit("One", service("shop"))
    assert shop.push().code == 0
    shared.becomes_live("staging", "shop", "1.1")
    return shared, line


def test_nobody_takes_a_service_over(begun: tuple[World, Clone]) -> None:
    """The second repository is refused at its push, with the owner and the way to hand it over; the first goes on."""
    server, _ = begun
    thief = server.clone("thief")
    files = service("another")
    thief.commit("Mine", files | {"andon.toml": files["andon.toml"].replace("[service]", '[service]\nname = "shop"')})
    checked = server.house.andon("check", cwd=thief.folder)
    assert (checked.code, "! shop belongs to the repository shop" in checked.out) == (0, True), checked.out
    refused = thief.push()
    assert refused.code != 0
    assert "shop belongs to the repository shop" in refused.err
    assert "andon service transfer shop --to thief" in refused.err
    assert server.live("test", "shop") == "1.1"


def test_a_developer_changes_the_line_only_with_another_persons_approval(begun: tuple[World, Clone]) -> None:
    """Refused, pushed to a branch, approved by one who did not push it, landed."""
    server, line = begun
    house = server.house
    assert house.andon("account", "add", "bob", "--role", "developer").code == 0
    token = house.andon("token", "create", "--account", "bob", "--scope", "push", "--scope", "read", "--json")
    remote = f"{house.url}/git/line".replace("://", f"://x:{token.json['token']}@")
    line.git("config", "user.name", "Bob")
    line.git("config", "user.email", "bob@example.org")
    commit = line.commit("Drain longer", {"line.toml": LINE.replace('"staging"', '"staging"\ndrain = "6s"')})
    refused = line.try_git("push", remote, "main")
    assert "only an operator changes line.toml of line, and bob is none" in refused.err
    assert f"andon approve line {commit[:7]}" in refused.err
    line.git("push", remote, "main:refs/heads/change")
    approved = house.andon("approve", "line", commit[:9])
    assert approved.code == 0, approved.err
    landed = line.try_git("push", remote, "main")
    assert landed.code == 0, landed.err


def test_an_environment_that_is_removed_ends(begun: tuple[World, Clone]) -> None:
    """The push shows it; drained, stopped, nobody answers; history stays, and the rest goes on."""
    server, line = begun
    port = server.port("staging", "shop")
    line.commit("No staging", {"line.toml": LINE.replace(STAGING, "")})
    checked = server.house.andon("check", cwd=line.folder)
    assert "! staging: shop 1.1 would be drained and stopped" in checked.out, checked.err
    gone = line.push(branch="main")
    assert gone.code == 0, gone.err
    assert re.search(r"staging is removed: .*\bshop 1\.1\b.* will be drained and stopped", gone.err), gone.err
    awaiting(lambda: server.happened("delivery.RouteClosed"), "the end of the route in staging")
    with pytest.raises(httpx2.TransportError):
        get(f"http://127.0.0.1:{port}/")
    assert server.standing("staging", "shop")["live"] is None
    assert server.says("test", "shop").startswith("hello")
    retired = [e["stream"] for e in server.happened("delivery.ServiceRetired")]
    assert "service/staging/shop" in retired
    assert "service/test/shop" not in retired


def test_a_service_is_removed_by_hand_once_somebody_is_sure(begun: tuple[World, Clone]) -> None:
    """Without --yes it is only said what would end."""
    server, _ = begun
    goods = server.clone("goods")
    goods.commit("One", service("goods"))
    assert goods.push().code == 0
    server.becomes_live("test", "goods", "1.1")
    asked = server.house.andon("service", "remove", "goods", "--env", "test")
    assert "test: goods 1.1 would be drained and stopped" in asked.out
    assert server.live("test", "goods") == "1.1"
    assert server.house.andon("service", "remove", "goods", "--env", "test", "--yes").code == 0
    awaiting(lambda: not server.live("test", "goods"), "the end of goods in test")


SLOW = """schema = 1
[task.wait]
run = "sleep 600"
"""


@pytest.fixture(scope="module")
def tools(begun: tuple[World, Clone]) -> Clone:
    """A repository whose service serves, and whose newest run goes on and on."""
    server, _ = begun
    made = server.clone("tools")
    made.commit("One", service("tools"))
    assert made.push().code == 0
    server.becomes_live("test", "tools", "1.1")
    made.commit("Wait", {"andon.toml": SLOW})
    assert made.push("-o", "detach").code == 0
    awaiting(lambda: server.runs("tools")[0]["lamp"] == "running", "the slow run")
    archived = server.house.andon("repository", "archive", "tools", "--because", "moved to goods")
    assert "tools keeps serving in test" in archived.out, archived.err
    return made


def test_a_repository_is_archived_and_then_deleted(begun: tuple[World, Clone], tools: Clone) -> None:
    """Archived: its runs are cancelled, pushes and reruns are refused, what serves goes on. Deleted: once nothing of
    it serves it is gone, and its name and its artifacts stay."""
    server, _ = begun
    slow = server.runs("tools")[0]
    assert server.run_of("tools", slow["commit"])["lamp"] == "cancel"
    tools.commit("Two", {"README": "two"})
    assert "refused by repository-archived: tools was archived by" in tools.push().err
    assert "refused by closed-repository" in server.house.andon("runs", "rerun", str(slow["number"])).err
    assert server.says("test", "tools").startswith("hello")
    house, delete = server.house, ("repository", "delete", "tools", "--because", "moved to goods")
    assert "andon service remove tools --yes" in house.andon(*delete).out
    assert "refused by nothing-serves: tools publishes what still serves" in house.andon(*delete, "--yes").err
    assert house.andon("service", "remove", "tools", "--yes").code == 0
    assert "is deleted" in house.andon(*delete, "--yes").out
    assert not (house.data / "repositories" / "tools.git").exists()
    assert "tools was deleted by" in tools.push().err
    assert "tools was deleted by" in house.ask("GET", "/api/v1/repositories/tools").text
    assert "tools" not in house.andon("repository").out
    assert house.get("/api/v1/artifacts/tools")
