"""Registry tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor
from andon.tools.artifacts.adapters.tokens_jwt import AUDIENCE, JwtTokens, mint, verify

from ..conftest import NOW

KEY = b"k" * 32
RUN = Actor("run/1")
TTL = timedelta(minutes=5)
CLAIMS = {"sub": "run/1", "scope": "push:shop", "aud": AUDIENCE, "exp": int((NOW + TTL).timestamp())}


def forged(claims: dict[str, object], key: bytes = KEY, algorithm: str = "HS256") -> str:
    """A token that somebody else made."""
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(key), algorithms=[algorithm])


def test_a_minted_token_is_known(tokens: JwtTokens) -> None:
    """Who, and what for."""
    grant = tokens.check(tokens.mint(RUN, "push:shop pull:base", TTL))
    assert grant is not None
    assert (grant.actor, grant.push, grant.pull) == (RUN, frozenset({"shop"}), frozenset({"base"}))


def test_a_token_ends() -> None:
    """At its end it is over, not a moment later."""
    token = mint(KEY, actor=RUN, scope="push:shop", ttl=TTL, now=NOW)
    assert verify(KEY, token, NOW + TTL - timedelta(seconds=1)) is not None
    assert verify(KEY, token, NOW + TTL) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        "é.é.é",
        "x" * 10_000,
        forged(CLAIMS, key=b"o" * 32),
        forged(CLAIMS, key=b"k" * 64, algorithm="HS512"),
        forged({**CLAIMS, "aud": "andon/api"}),
        forged({**CLAIMS, "scope": "push:*"}),
        forged({**CLAIMS, "scope": 1}),
        forged({**CLAIMS, "sub": None}),
        forged({**CLAIMS, "exp": "never"}),
        forged({name: value for name, value in CLAIMS.items() if name != "exp"}),
        # {"alg":"none"} and our claims, unsigned
        "eyJhbGciOiJub25lIn0." + forged(CLAIMS).split(".")[1] + ".",
    ],
)
def test_anything_else_is_unknown(token: str) -> None:
    """Other keys, algorithms, doors, scopes, and what is no token at all."""
    assert verify(KEY, token, NOW) is None


def test_a_changed_token_is_unknown() -> None:
    """Every character counts."""
    token = forged(CLAIMS)
    assert verify(KEY, token, NOW) is not None
    for place in range(0, len(token) - 1, 7):
        other = "A" if token[place] != "A" else "B"
        assert verify(KEY, token[:place] + other + token[place + 1 :], NOW) is None


def test_no_token_for_nonsense() -> None:
    """A scope that is none is found before it is signed."""
    with pytest.raises(Invalid):
        mint(KEY, actor=RUN, scope="push:*", ttl=TTL, now=NOW)
