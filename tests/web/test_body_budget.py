"""What strangers send takes so much memory and no more, and gives it back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from litestar import Litestar, Request, post
from litestar.exceptions import HTTPException

from andon.kernel.errors import PortError
from andon.web.body_budget import BodyBudget, HeldBodies
from andon.web.errors import Busy

pytestmark = pytest.mark.anyio
SMALL = HeldBodies(total_bytes=100, each_bytes=60, within_s=60)


@post("/")
async def taken() -> None:
    """What the bodies are for."""


def request(pieces: Sequence[bytes], address: str = "10.0.0.1") -> Request[Any, Any, Any]:
    """Whose body comes in pieces; after the last one the other end goes away."""
    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> Any:
        return left.pop(0) if left else {"type": "http.disconnect"}

    app = Litestar(route_handlers=[taken])
    scope: Any = {
        "type": "http",
        "headers": [],
        "client": (address, 1),
        "route_handler": app.routes[0].route_handlers[0],  # type: ignore[union-attr]  # it is a HTTP route
        "litestar_app": app,
        "path": "/",
        "state": {},
    }
    if left:
        left[-1]["more_body"] = False
    return Request(scope, receive if pieces != NEVER else never)


NEVER = (b"never",)


async def never() -> Any:
    """Waits for what does not come."""
    await asyncio.Event().wait()


async def held(budget: BodyBudget, *asked: Request[Any, Any, Any]) -> list[bytes]:
    """All of them at once, inside one another."""
    first, *others = asked
    async with budget.body(first) as body:
        return [body, *(await held(budget, *others) if others else [])]


async def test_a_body_counts_while_it_is_worked_on() -> None:
    """And no longer."""
    budget = BodyBudget(SMALL)
    async with budget.body(request([b"a" * 30, b"b" * 20])) as body:
        assert (len(body), budget.held_bytes) == (50, 50)
    assert budget.held_bytes == 0


async def test_one_address_cannot_keep_the_others_out() -> None:
    """It has its share; all together have theirs."""
    budget = BodyBudget(SMALL)
    with pytest.raises(Busy, match="Try again in 5 s"):
        await held(budget, request([b"a" * 50]), request([b"b" * 11]))
    assert len(await held(budget, request([b"a" * 50]), request([b"b" * 50], "10.0.0.2"))) == 2
    with pytest.raises(Busy):
        await held(budget, request([b"a" * 50]), request([b"b" * 50], "10.0.0.2"), request([b"c"], "10.0.0.3"))
    assert budget.held_bytes == 0


async def test_what_is_refused_or_breaks_off_is_let_go() -> None:
    """Nothing of it stays counted."""
    budget = BodyBudget(SMALL)
    with pytest.raises(Busy):
        await held(budget, request([b"a" * 40, b"b" * 40]))
    with pytest.raises(PortError, match="went away"):
        await held(budget, request([]))
    with pytest.raises(HTTPException, match="too slowly") as slow:
        await held(BodyBudget(HeldBodies(within_s=0.01)), request(NEVER))
    assert (slow.value.status_code, budget.held_bytes) == (408, 0)
