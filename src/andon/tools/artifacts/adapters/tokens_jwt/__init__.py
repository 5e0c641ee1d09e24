"""Short-lived registry tokens as JSON Web Tokens: HS256 with a key of the data folder, checked without any storage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor
from andon.tools.artifacts.model.grant import Grant, parse_scope
from andon.tools.artifacts.ports import LentToken

ALGORITHM = "HS256"
#: a token for another door must not open this one
AUDIENCE = "andon/registry"
#: long enough for a large push or pull to begin with
LENT_FOR = timedelta(minutes=10)
#: longer is refused unread: a token of ours has about 250 characters, and more where many scopes were asked for
LONGEST = 16_384


def mint(key: bytes, *, actor: Actor, scope: str, ttl: timedelta, now: datetime) -> str:
    """A token of this actor for this scope. Errors: Invalid, when the scope is none."""
    parse_scope(scope, actor)
    return _signed(key, {"sub": actor, "scope": scope, "exp": int((now + ttl).timestamp())})


def _signed(key: bytes, claims: dict[str, object]) -> str:
    return jwt.encode({"alg": ALGORITHM}, {**claims, "aud": AUDIENCE}, OctKey.import_key(key))


def verify(key: bytes, token: str, now: datetime) -> Grant | None:
    """The token's grant; None when it is not ours, has expired, or is for another door."""
    if len(token) > LONGEST or token.count(".") != 2:
        return None
    try:
        claims = jwt.decode(token, OctKey.import_key(key), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError):
        return None
    ends, actor, scope, via = claims.get("exp"), claims.get("sub"), claims.get("scope"), claims.get("via", "")
    if not isinstance(ends, int) or ends <= now.timestamp() or claims.get("aud") != AUDIENCE:
        return None
    if not isinstance(actor, str) or not isinstance(scope, str) or not isinstance(via, str):
        return None
    try:
        return replace(parse_scope(scope, Actor(actor)), ends=datetime.fromtimestamp(ends, UTC), via=via)
    except (Invalid, ValueError, OverflowError):  # a time that is none
        return None


class JwtTokens:
    """Mints and checks tokens with one key."""

    def __init__(self, key: bytes, now: Callable[[], datetime]) -> None:
        self._key = key
        self._now = now

    def mint(self, actor: Actor, scope: str, ttl: timedelta) -> str:
        """A token of this actor for this scope that ends after `ttl`."""
        return mint(self._key, actor=actor, scope=scope, ttl=ttl, now=self._now())

    def lend(self, grant: Grant, scope: str) -> LentToken:
        """A token for this scope within the grant, for ten minutes; it ends with the grant at the latest."""
        parse_scope(scope, grant.actor)
        now = self._now()
        ends = min(now + LENT_FOR, grant.ends or now + LENT_FOR)
        claims = {"sub": grant.actor, "scope": scope, "exp": int(ends.timestamp()), "via": grant.via}
        return LentToken(token=_signed(self._key, claims), issued_at=now, lasts=ends - now)

    def check(self, token: str) -> Grant | None:
        """The token's grant, or None."""
        return verify(self._key, token, self._now())
