"""Pulling and releasing the cord: the same for the page, the API and the terminal."""

from __future__ import annotations

from andon.engine.desk import Desk
from andon.tools.delivery.model.cord import CORD_STREAM, PullCord, ReleaseCord
from andon.tools.delivery.views import Environments
from andon.web.who import Who


def may_pull(who: Who) -> bool:
    """Everybody may who changes something, and everybody who may release it."""
    return who.may("push") or who.may("cord")


async def pull(desk: Desk, environments: Environments, who: Who, scope: str, reason: str) -> None:
    """Stop promotions in a scope. Errors: Forbidden, Refused, Invalid, NotFound."""
    if not may_pull(who):
        who.require("cord")
    environments.check_scope(scope)
    await desk.submit(CORD_STREAM, PullCord(scope=scope, reason=reason), actor=who.actor)


async def release(desk: Desk, who: Who, scope: str, reason: str) -> None:
    """Let promotions in a scope go on. Errors: Forbidden, Refused, Invalid."""
    who.require("cord")
    await desk.submit(CORD_STREAM, ReleaseCord(scope=scope, reason=reason), actor=who.actor)
