"""A password or a long-lived token becomes a short-lived one, for what was asked for and is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from andon.kernel.ids import Actor
from andon.tools.artifacts.adapters.tokens_jwt import LENT_FOR, JwtTokens
from andon.tools.artifacts.model.grant import Grant

from ..conftest import NOW, Served
from .conftest import code_of
from .test_door import basic

SCOPE = "repository:shop:pull,push"


def by_get(http: httpx2.Client, key: str, *scopes: str) -> httpx2.Response:
    """As docker and podman ask."""
    return http.get("/v2/token", params={"service": "andon", "scope": scopes}, headers={"authorization": basic(key)})


def by_password(http: httpx2.Client, key: str, *scopes: str) -> httpx2.Response:
    """As containerd and docker ask after a login."""
    form = {"grant_type": "password", "username": "me", "password": key, "service": "andon", "client_id": "x"}
    return http.post("/v2/token", data={**form, "scope": " ".join(scopes)})


def by_refresh(http: httpx2.Client, key: str, *scopes: str) -> httpx2.Response:
    """As a client that keeps an identity token asks."""
    return http.post("/v2/token", data={"grant_type": "refresh_token", "refresh_token": key, "scope": " ".join(scopes)})


Ask = Callable[..., httpx2.Response]
ways = pytest.mark.parametrize("ask", [by_get, by_password, by_refresh])


def lent(registry: Served, answer: httpx2.Response) -> Grant:
    """What the token in an answer allows."""
    assert answer.status_code == 200, answer.text
    grant = registry.tokens.check(answer.json()["access_token"])
    assert grant is not None
    return grant


@ways
def test_the_token_is_another_one_and_ends_soon(registry: Served, ask: Ask) -> None:
    """What was shown is never handed out; the answer says until when the new one is good."""
    key = registry.token("push:shop pull:base")
    with registry.client() as http:
        answer = ask(http, key, SCOPE)
    said: dict[str, Any] = answer.json()
    assert key not in answer.text
    assert (said["expires_in"], said["issued_at"]) == (300, "2026-03-02T09:14:00Z")
    assert "refresh_token" not in said
    assert answer.headers["cache-control"] == "no-store"
    assert lent(registry, answer).ends == NOW + timedelta(minutes=5)


@ways
@pytest.mark.parametrize(
    ("scopes", "push", "pull"),
    [
        ((), set(), set()),
        (("repository:shop:pull",), set(), {"shop"}),
        ((SCOPE,), {"shop"}, {"shop"}),
        (("repository:base:pull,push",), set(), {"base"}),
        (("repository:other:pull,push",), set(), set()),
        ((SCOPE, "repository:base:pull"), {"shop"}, {"shop", "base"}),
        (("repository:shop:delete,*",), set(), set()),
        (("repository:*:pull", "registry:catalog:*", "nonsense", "repository:shop"), set(), set()),
    ],
)
def test_it_is_for_what_was_asked_and_is_allowed(
    registry: Served, ask: Ask, scopes: tuple[str, ...], push: set[str], pull: set[str]
) -> None:
    """Never more than was asked for, and never more than the key behind it may."""
    with registry.client() as http:
        grant = lent(registry, ask(http, registry.token("push:shop pull:base"), *scopes))
    assert (set(grant.push), set(grant.pull), grant.actor) == (push, pull, "run/1")


def test_who_may_pull_everything_gets_what_was_named(registry: Served) -> None:
    """A person's right to all artifacts becomes a token for one."""
    with registry.client() as http:
        grant = lent(registry, by_get(http, registry.token("pull:*"), SCOPE))
    assert (grant.may_pull("shop"), grant.may_pull("base"), grant.may_push("shop")) == (True, False, False)


@ways
@pytest.mark.parametrize("key", ["", "nonsense"])
def test_a_wrong_key_gets_nothing(registry: Served, ask: Ask, key: str) -> None:
    """401 as everywhere."""
    with registry.client() as http:
        assert ask(http, key, SCOPE).status_code == 401


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"grant_type=authorization_code&code=1", "application/x-www-form-urlencoded", 400),
        (b"password=1", "application/x-www-form-urlencoded", 400),
        (b'{"grant_type":"password"}', "application/json", 400),
        (b"grant_type=password&password=\xff", "application/x-www-form-urlencoded", 400),
        (b"&a=1" * 1000, "application/x-www-form-urlencoded", 400),
        (b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"grant_type=password", "application/x-www-form-urlencoded", 401),
    ],
)
def test_a_form_that_is_none(registry: Served, content: bytes, media_type: str, status: int) -> None:
    """Each mistake has an answer in the standard's form."""
    with registry.client() as http:
        answer = http.post("/v2/token", content=content, headers={"content-type": media_type})
    assert answer.status_code == status
    assert code_of(answer)


def test_the_realm_is_not_what_the_caller_says(registry: Served) -> None:
    """A token follows the realm: it comes from the settings, never from the request."""
    with registry.client() as http:
        answer = http.get("/v2/", headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    assert f'realm="{registry.url}/v2/token"' in answer.headers["www-authenticate"]


def test_a_lent_token_cannot_make_itself_longer(tokens: JwtTokens) -> None:
    """A token that is exchanged for another one ends with the first."""
    grant = Grant(actor=Actor("ada"), push=frozenset(), pull=frozenset({"*"}), via="a" * 64)
    first = tokens.lend(grant, "pull:shop")
    again = tokens.check(first.token)
    assert again is not None
    assert (first.lasts, again.ends, again.via) == (LENT_FOR, NOW + LENT_FOR, "a" * 64)
    later = JwtTokens(b"k" * 32, lambda: NOW + timedelta(minutes=9))
    second = later.check(later.lend(again, "pull:shop").token)
    assert second == replace(again, pull=frozenset({"shop"}))
