"""Who calls the registry: the token in the request, and the answer to those who bring none."""

from __future__ import annotations

import base64
import binascii

from andon.tools.artifacts.model.grant import Grant
from andon.tools.artifacts.ports import TokenChecker
from andon.tools.artifacts.registry.complaints import Complaint
from andon.tools.artifacts.registry.exchange import Exchange

#: where container tools exchange a password for a token
TOKEN_PATH = "/v2/token"  # noqa: S105 a path, no secret


class FirstOf:
    """Asks several checkers in turn: a run's token, a deployer's, a person's."""

    def __init__(self, *checkers: TokenChecker) -> None:
        self._checkers = checkers

    def check(self, token: str) -> Grant | None:
        """The grant of the first that knows the token."""
        for checker in self._checkers:
            if grant := checker.check(token):
                return grant
        return None


def presented(exchange: Exchange) -> str | None:
    """The token a request brings, as Bearer or as the password of Basic; None when it brings none."""
    scheme, _, value = exchange.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def log_in_first(exchange: Exchange, message: str, scope: str = "") -> Complaint:
    """401, and how to log in: what container tools need in order to ask for a token."""
    host = exchange.headers.get("host", "localhost")
    challenge = f'Bearer realm="{exchange.scheme}://{host}{TOKEN_PATH}",service="andon"'
    if scope:
        challenge += f',scope="{scope}"'
    return Complaint(401, "UNAUTHORIZED", message, {"www-authenticate": challenge})
