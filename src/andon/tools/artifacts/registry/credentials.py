"""Who calls the registry: the token in the request, and the answer to those who bring none."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from andon.tools.artifacts.model.grant import Grant
from andon.tools.artifacts.ports import TokenChecker, TokenLender
from andon.tools.artifacts.registry.complaints import Complaint
from andon.tools.artifacts.registry.exchange import RegistryExchange

#: where container tools exchange a password for a token
TOKEN_PATH = "/v2/token"  # noqa: S105 a path, no secret
LOG_IN = "The registry needs a token: as user name take anything, as password the token (andon token create)."
UNKNOWN_TOKEN = "This token is not known here, or has expired."  # noqa: S105 a sentence, no secret


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


def presented(exchange: RegistryExchange) -> str | None:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How callers of the registry prove who they are."""

    #: the address people use, "https://andon.example": never taken from a request, whose token would follow it
    url: str
    tokens: TokenChecker
    lender: TokenLender

    def grant_of(self, token: str | None, scope: str = "") -> Grant:
        """What the caller may do. Errors: Complaint (401), with what container tools need to ask for a token."""
        grant = self.tokens.check(token) if token else None
        if grant is not None:
            return grant
        challenge = f'Bearer realm="{self.url}{TOKEN_PATH}",service="andon"'
        if scope:
            challenge += f',scope="{scope}"'
        message = LOG_IN if token is None else UNKNOWN_TOKEN
        raise Complaint(401, "UNAUTHORIZED", message, {"www-authenticate": challenge})
