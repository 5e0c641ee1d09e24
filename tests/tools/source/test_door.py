"""Pushing and fetching as git does it, over real HTTP."""

from __future__ import annotations

import pytest

from andon.testing.waiting import until

from .client import Copy
from .house import SHOP, House

pytestmark = pytest.mark.anyio


async def test_a_first_push_creates_the_repository_and_lands_a_change(server: House, copy: Copy) -> None:
    """Someone who may push needs nothing else to begin."""
    commit = await copy.commit("Fix rounding")
    server.narrator.tell(None)

    said = await copy.git("push", "origin", "main")

    assert "remote: andon  shop pushed by ada" in said
    assert server.views.get("shop").trunk == "main"
    (landed,) = server.views.changes("shop")
    assert (landed.commit, landed.actor, landed.commits[0].subject) == (commit, "ada", "Fix rounding")


async def test_lines_arrive_while_the_push_goes_on(server: House, copy: Copy) -> None:
    """What the narrator tells is on the pusher's terminal before the next thing happens."""
    await copy.commit("Fix rounding")
    async with copy.started("push", "origin", "main") as push:
        await until(lambda: push.heard("shop pushed by ada"))
        assert push.process.returncode is None
        server.narrator.tell("  ✓ unit          3.1 s   212 passed")
        await until(lambda: push.heard("remote:   ✓ unit          3.1 s   212 passed"))
        assert push.process.returncode is None
        server.narrator.tell("  ✓ done", None)
        assert await push.ended() == 0
    assert push.heard("shop pushed") < push.heard("unit") < push.heard("done")


async def test_a_push_is_recorded_before_its_story_ends(server: House, copy: Copy) -> None:
    """The line starts to work while the pusher watches."""
    commit = await copy.commit("Fix rounding")
    async with copy.started("push", "origin", "main"):
        await until(lambda: server.narrator.listeners)
        assert (await server.state()).head(server.views.get("shop").trunk) == commit


async def test_a_detached_push_does_not_wait(server: House, copy: Copy) -> None:
    """With -o detach the pusher goes on at once."""
    await copy.commit("Fix rounding")

    said = await copy.git("push", "-o", "detach", "origin", "main")

    assert '"Fix rounding"  ·  accepted; its run goes on without you' in said
    assert not server.narrator.listeners
    assert server.views.changes("shop")


async def test_what_was_pushed_can_be_cloned_and_fetched(server: House, copy: Copy, tmp_path: object) -> None:
    """The server is an ordinary remote, in protocol version 2 and 0."""
    first = await copy.commit("One")
    await copy.git("push", "-o", "detach", "origin", "main")
    for version in ("2", "0"):
        clone = Copy(copy.folder / f"clone-{version}")
        await copy.git("-c", f"protocol.version={version}", "clone", "-q", server.remote(), str(clone.folder))
        assert await clone.git("rev-parse", "main") == first
    second = await copy.commit("Two", file="two")
    await copy.git("push", "-o", "detach", "origin", "main")
    for version in ("2", "0"):
        clone = Copy(copy.folder / f"clone-{version}")
        await clone.git("-c", f"protocol.version={version}", "pull", "-q")
        assert await clone.git("rev-parse", "main") == second


async def test_nobody_gets_in_without_a_token_that_is_known(server: House, copy: Copy) -> None:
    """A wrong token, and none at all, are turned away before anything is told."""
    await copy.commit("One")

    assert "Authentication failed" in await copy.git("push", server.remote(token="wrong"), "main", code=128)
    assert "could not read Username" in await copy.git("push", f"{server.url}/git/shop", "main", code=128)
    assert not server.repositories.folder(SHOP).exists()


async def test_a_reader_may_not_push(server: House, copy: Copy) -> None:
    """The answer names the permission that is missing, where the pusher sees it."""
    await copy.commit("One")

    said = await copy.git("push", server.remote(token="reader-token"), "main", code=128)

    assert 'remote: reader may not do this: it needs the permission "push"' in said
    assert not server.repositories.folder(SHOP).exists()


async def test_an_unknown_repository_cannot_be_fetched(server: House, copy: Copy) -> None:
    """The answer says how it would come to be."""
    said = await copy.git("fetch", server.remote("nowhere"), code=128)

    assert "remote: There is no repository nowhere here. A first push creates it" in said


async def test_a_name_that_is_none_is_refused(server: House, copy: Copy) -> None:
    """Names are checked before they come near the disk."""
    await copy.commit("One")

    said = await copy.git("push", server.remote("Shop"), "main", code=128)

    assert "is no name for a repository" in said


async def test_a_name_may_end_in_git_as_elsewhere(server: House, copy: Copy) -> None:
    """shop and shop.git are one repository."""
    commit = await copy.commit("One")
    await copy.git("push", "-o", "detach", server.remote("shop.git"), "main")

    assert commit in await copy.git("ls-remote", server.remote("shop"))
    assert server.views.names() == (SHOP,)
