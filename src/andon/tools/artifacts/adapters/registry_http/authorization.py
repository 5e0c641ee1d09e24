"""How a registry client shows who it is: with a token minted for the call, or by logging in at an outside registry."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Protocol

import httpx2

from andon.kernel.errors import PortError
from andon.kernel.ids import Actor
from andon.tools.artifacts.ports import TokenMint

#: long enough to begin a request with
TOKEN_LIFE = timedelta(minutes=5)
PARAMETER = re.compile(r'([a-z_]+)="([^"]*)"')


class Authorization(Protocol):
    """Gives the Authorization header for calls about a name."""

    async def header(self, client: httpx2.AsyncClient, name: str) -> str | None: ...


class Authorizer(Protocol):
    """Gives each actor their authorization."""

    def of(self, actor: Actor, scope: str) -> Authorization: ...


class Minted:
    """For the built-in registry: every call brings a fresh token of the actor, for the scope."""

    def __init__(self, mint: TokenMint) -> None:
        self._mint = mint

    def of(self, actor: Actor, scope: str) -> Authorization:
        """Tokens of this actor."""
        return _MintedToken(self._mint, actor, scope)


class _MintedToken:
    def __init__(self, mint: TokenMint, actor: Actor, scope: str) -> None:
        self._mint, self._actor, self._scope = mint, actor, scope

    async def header(self, client: httpx2.AsyncClient, name: str) -> str | None:
        return f"Bearer {self._mint.mint(self._actor, self._scope, TOKEN_LIFE)}"


class Login:
    """For an outside registry: one account for all, exchanged for a token where the registry wants that."""

    def __init__(self, username: str, password: str) -> None:
        self._basic = httpx2.BasicAuth(username, password)

    def of(self, actor: Actor, scope: str) -> Authorization:
        """The account, whoever acts."""
        return _LoggedIn(self._basic)


class _LoggedIn:
    def __init__(self, basic: httpx2.BasicAuth) -> None:
        self._basic = basic
        self._headers: dict[str, str | None] = {}

    async def header(self, client: httpx2.AsyncClient, name: str) -> str | None:
        if name not in self._headers:
            self._headers[name] = await self._log_in(client, name)
        return self._headers[name]

    async def _log_in(self, client: httpx2.AsyncClient, name: str) -> str | None:
        asked = await client.get("/v2/")
        challenge = asked.headers.get("www-authenticate", "")
        if asked.status_code != httpx2.codes.UNAUTHORIZED:
            return None
        if challenge.lower().startswith("bearer"):
            return await self._exchange(client, dict(PARAMETER.findall(challenge)), name)
        basic: str = next(self._basic.sync_auth_flow(client.build_request("GET", "/v2/"))).headers["authorization"]
        return basic

    async def _exchange(self, client: httpx2.AsyncClient, challenge: dict[str, str], name: str) -> str:
        query = {"service": challenge.get("service", ""), "scope": f"repository:{name}:pull,push"}
        answer = await client.get(challenge.get("realm", ""), params=query, auth=self._basic)
        if answer.status_code != httpx2.codes.OK:
            raise PortError(f"The registry at {client.base_url} does not accept the login.", permanent=True)
        said = answer.json()
        return f"Bearer {said.get('token') or said.get('access_token')}"
