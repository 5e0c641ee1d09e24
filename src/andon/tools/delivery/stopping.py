"""Pulling and releasing the cord: the same for the page, the API and the terminal."""

from __future__ import annotations

from andon.engine.callers_desk import CallersDesk
from andon.tools.delivery.model.cord import CORD_STREAM, PullCord, ReleaseCord
from andon.tools.delivery.views import Environments


async def pull(desk: CallersDesk, environments: Environments, scope: str, reason: str) -> None:
    """Stop promotions in a scope. Errors: Forbidden, Refused, Invalid, NotFound."""
    environments.check_scope(scope)
    await desk.submit(CORD_STREAM, PullCord(scope=scope, reason=reason))


async def release(desk: CallersDesk, scope: str, reason: str) -> None:
    """Let promotions in a scope go on. Errors: Forbidden, Refused, Invalid."""
    await desk.submit(CORD_STREAM, ReleaseCord(scope=scope, reason=reason))
