"""The server dies without a word, again and again, anywhere from push to production; nothing is lost or done twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from typing import Any

import pytest

from andon.testing.installation import Clone, processes_of

from .world import World, awaiting, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

KILLS = 30
KILLS_A_COMMIT = 5
#: what takes a commit from its push to production, with some time before and after
LONGEST_S = 0.9
LINE = """
schema = 1
[[environment]]
name = "test"
promotion = "automatic"
drain = "1s"
[[environment]]
name = "production"
promotion = "automatic"
drain = "1s"
"""


def test_the_server_is_killed_at_thirty_moments(server: World) -> None:
    """Everything ends by itself; nothing is published or deployed twice; what is shown is what was recorded."""
    seed = os.environ.get("ANDON_TEST_SEED") or str(random.SystemRandom().randrange(10**6))
    sys.stdout.write(f"ANDON_TEST_SEED={seed}\n")
    chance = random.Random(seed)
    automatic_production(server)
    shop = server.clone("shop")
    for number in range(1, KILLS // KILLS_A_COMMIT + 1):
        commit = shop.commit(f"Version {number}", service("shop", f"v{number}"))
        killed_until_it_is_there(server, shop, chance)
        assert_all_the_way(server, commit, number)
    assert_once_each(server, KILLS // KILLS_A_COMMIT)
    sys.stdout.write(f"{Counter(one.name() for one in processes_of(server.house.data))}\n")
    before = shown(server)
    server.house.restart()
    assert shown(server) == before
    assert server.house.andon("ledger", "verify").code == 0


def assert_all_the_way(server: World, commit: str, number: int) -> None:
    """The commit's run ended well, and its artifact answers in every environment."""
    run = server.run_of("shop", commit)
    assert run["lamp"] == "success", run
    for where in ("test", "production"):
        server.becomes_live(where, "shop", f"1.{number}")
        awaiting(partial(server.answers, where, "shop", f"v{number} 1.{number}"), f"v{number} in {where}")


def automatic_production(server: World) -> None:
    """A line that promotes by itself as far as it goes."""
    line = server.clone("line")
    line.git("pull", "--quiet", "andon", "main:main")
    line.git("switch", "--quiet", "main")
    line.commit("Production by itself", {"line.toml": LINE})
    assert line.push(branch="main").code == 0


def killed_until_it_is_there(server: World, shop: Clone, chance: random.Random) -> None:
    """Push, and kill the server at random moments while the commit is on its way."""
    for turn in range(KILLS_A_COMMIT):
        pushing = begin_push(server, shop) if turn == 0 or not is_pushed(shop) else None
        time.sleep(chance.uniform(0.0, LONGEST_S))
        server.house.restart()
        if pushing:
            pushing.wait(60)
    if not is_pushed(shop):
        assert shop.push("-o", "detach").code == 0


def begin_push(server: World, shop: Clone) -> subprocess.Popen[bytes]:
    """A push whose end is somebody else's business."""
    return subprocess.Popen(
        ["git", "push", "--quiet", "andon", "trunk"],
        cwd=shop.folder,
        env=server.house.clean_environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def is_pushed(shop: Clone) -> bool:
    """Does the server have the commit?"""
    there = shop.try_git("ls-remote", "andon", "refs/heads/trunk").out.split()
    return there[:1] == shop.git("rev-parse", "HEAD").out.split()


def assert_once_each(server: World, versions: int) -> None:
    """For each commit one run that ended, one artifact, and one verified promotion in each environment."""
    ledger = server.ledger()
    published = [e["data"] for e in ledger if e["type"] == "artifacts.ArtifactPublished"]
    assert [one["version"] for one in published] == [f"1.{number}" for number in range(1, versions + 1)]
    verified = Counter(
        (e["data"]["environment"], e["data"]["version"]) for e in ledger if e["type"] == "delivery.PromotionVerified"
    )
    assert set(verified.values()) == {1}
    assert len(verified) == 2 * versions
    assert not [e for e in ledger if e["type"] == "delivery.PromotionFailed"]
    ends = Counter(e["stream"] for e in ledger if e["type"] == "pipelines.RunFinished")
    assert set(ends.values()) == {1}
    assert len(ends) == versions


def shown(server: World) -> dict[str, Any]:
    """What the server shows of itself, without what moves with time."""
    board = server.house.get("/api/v1/board")["repositories"]
    environments = server.house.get("/api/v1/environments")
    for one in (s for e in environments for s in e["services"]):
        one.pop("slots")  # counts restarts and ports, which a new start may change
    return {
        "board": [[(row["commit"], *map(said_in, cells_of(row))) for row in rows] for _, rows in board],
        "environments": environments,
        "runs": server.runs("shop"),
        "artifacts": server.house.get("/api/v1/artifacts/shop"),
    }


def cells_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A change at every station."""
    return [row["pipeline"], row["artifact"], *row["places"]]


def said_in(cell: dict[str, Any]) -> tuple[str, str]:
    """What does not move with time."""
    return cell["state"], cell["words"]
