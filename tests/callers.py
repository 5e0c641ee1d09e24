"""Callers for tests."""

from __future__ import annotations

from typing import Any

from andon.kernel.caller import Caller
from andon.kernel.ids import Actor
from andon.tools.access.model.role import PERMISSIONS
from andon.web.who import WHO, Who


def admin(name: str = "root") -> Caller:
    """Somebody who may do everything."""
    return Caller(actor=Actor(name), permissions=frozenset(PERMISSIONS))


def noting(app: Any, who: Who) -> Any:
    """The application as this one person asks it: what the gate would have noted."""

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, WHO: who}, receive, send)

    return asked
