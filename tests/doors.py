"""The doors of access and infra as a server has them: real engine, ledger and web framework; only the clock is set."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx2
from litestar import Litestar, get, post
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from andon.engine.codec import Codec
from andon.engine.engine import Engine, Parts
from andon.kernel.envelope import Envelope
from andon.kernel.ids import AccountName, Actor, EventId
from andon.ledger.opening import open_ledger
from andon.line.facts import Facts
from andon.line.renewal import Renewal
from andon.tools.access import api as access_api
from andon.tools.access import events as access_events
from andon.tools.access import pages as access_pages
from andon.tools.access import pages_accounts
from andon.tools.access.adapters.randomness_os import OsRandomness
from andon.tools.access.keys import Keys, NewKey, TokenAsked
from andon.tools.access.model.account import NOUN as ACCOUNT
from andon.tools.access.model.role import Permission, Role, permissions_of
from andon.tools.access.views import Accounts
from andon.tools.infra import api as infra_api
from andon.tools.infra import events as infra_events
from andon.tools.infra import pages as infra_pages
from andon.tools.infra.adapters.store_aesgcm import AesGcmStore
from andon.tools.infra.model.secret import NOUN as SECRET
from andon.tools.infra.vault import Vault
from andon.tools.infra.views import KnownSecrets
from andon.web.asgi import App
from andon.web.assets import Assets
from andon.web.bodies import CarefulRequest
from andon.web.errors import exception_handlers
from andon.web.front import FrontSettings, front
from andon.web.gate import KeyGate, login_required, provide_who
from andon.web.pages import Pages, provide_asked
from andon.web.templates import template_environment
from tests.callers import admin

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT = Actor("andon/start")
URL = "http://127.0.0.1:8600"
_ids = itertools.count(1)


class SetClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def forward(self, length: timedelta) -> None:
        self.time += length

    def seconds(self) -> float:
        return self.time.timestamp()


class Seen:
    """A view that remembers everything."""

    def __init__(self) -> None:
        self.happened: list[Envelope[Any]] = []

    def apply(self, happened: Envelope[Any]) -> None:
        self.happened.append(happened)


@get("/api/v1/broken", sync_to_thread=False)
def broken() -> None:
    """A handler with a mistake in it."""
    raise RuntimeError("password=hunter2")


@post("/api/v1/order", sync_to_thread=False)
def order() -> str:
    """An order that anybody who is logged in may give."""
    return "done"


@dataclass
class Doors:
    """One server in memory."""

    engine: Engine
    keys: Keys
    accounts: Accounts
    vault: Vault
    known: KnownSecrets
    store: AesGcmStore
    clock: SetClock
    seen: Seen
    folder: Path
    asgi: App
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    def client(self, *, token: str = "", address: str = "127.0.0.1", url: str = URL) -> httpx2.AsyncClient:
        """A new browser or program."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx2.ASGITransport(cast(Any, self.asgi), raise_app_exceptions=False, client=(address, 5000))
        client = httpx2.AsyncClient(transport=transport, base_url=url, headers=headers)
        self.clients.append(client)
        return client

    async def account(self, name: str, role: Role) -> AccountName:
        """An account of this role."""
        account = AccountName(name)
        await self.keys.create_account(account, "person", role, by=admin(ROOT))
        return account

    async def token(
        self, name: str, scopes: Sequence[Permission] = (), lasts: timedelta | None = None, note: str = ""
    ) -> NewKey:
        """A token of an account that there is; without scopes, with all that the account may."""
        account = AccountName(name)
        allowed = tuple(scopes) or permissions_of(self.accounts.account(account).state.role)
        return await self.keys.issue_token(
            TokenAsked(account=account, scopes=allowed, lasts=lasts, note=note), actor=ROOT
        )

    async def as_role(self, role: Role) -> httpx2.AsyncClient:
        """A program with a token of a new account of this role."""
        name = f"{role}-{next(_ids)}"
        await self.account(name, role)
        return self.client(token=(await self.token(name)).secret)

    async def browser_of(self, name: str) -> httpx2.AsyncClient:
        """A browser that is logged in."""
        link = await self.keys.login_link(AccountName(name), actor=ROOT)
        browser = self.client()
        answer = await browser.post(f"/login/{link.secret}", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303
        return browser


@asynccontextmanager
async def open_doors(folder: Path, settings: FrontSettings | None = None) -> AsyncIterator[Doors]:
    """A server over a new ledger in the folder."""
    settings = settings or FrontSettings()
    clock, seen, accounts, known = SetClock(), Seen(), Accounts(), KnownSecrets()
    ledger = await open_ledger(f"sqlite:///{folder / 'ledger.db'}")
    engine = Engine(
        Parts(
            ledger=ledger,
            codec=Codec((*access_events.EVENTS, *infra_events.EVENTS)),
            nouns=(ACCOUNT, SECRET),
            new_id=lambda: EventId(f"event-{next(_ids)}"),
            views=(seen, accounts, known),
            clock=clock,
        )
    )
    await engine.start()
    keys = Keys(desk=engine.desk, accounts=accounts, randomness=OsRandomness(), now=clock.now)
    store = AesGcmStore(folder=folder / "secrets", key_file=folder / "keys" / "secrets.key")
    vault = Vault(desk=engine.desk, store=store, known=known, renewal=Renewal(Facts()))
    services = {"keys": keys, "accounts": accounts, "vault": vault, "secrets": known, "front": settings}
    asgi = front(
        cast(App, _litestar(services, clock)),
        gate=KeyGate(accounts, now=clock.now, https=settings.https),
        settings=settings,
        seconds=clock.seconds,
    )
    doors = Doors(
        engine=engine,
        keys=keys,
        accounts=accounts,
        vault=vault,
        known=known,
        store=store,
        clock=clock,
        seen=seen,
        folder=folder,
        asgi=asgi,
    )
    try:
        yield doors
    finally:
        for client in doors.clients:
            await client.aclose()
        await engine.stop()
        await ledger.close()


def _litestar(services: dict[str, object], clock: SetClock) -> Litestar:
    environment = template_environment({"access": "andon.tools.access", "infra": "andon.tools.infra"}, Assets())
    pages = Pages(environment, now=clock.now, position=lambda: 0)
    dependencies: dict[str, Provide] = {name: _given(service) for name, service in {**services, "pages": pages}.items()}
    dependencies["who"] = Provide(provide_who, sync_to_thread=False)
    dependencies["asked"] = Provide(provide_asked, sync_to_thread=False)
    return Litestar(
        [
            *access_api.HANDLERS,
            *access_pages.HANDLERS,
            *pages_accounts.HANDLERS,
            *infra_api.HANDLERS,
            *infra_pages.HANDLERS,
            broken,
            order,
        ],
        dependencies=dependencies,
        guards=[login_required],
        exception_handlers=cast(Any, exception_handlers(pages)),
        logging_config=None,
        request_class=CarefulRequest,
        openapi_config=OpenAPIConfig(title="Andon", version="1", use_handler_docstrings=True),
    )


def _given(service: object) -> Provide:
    return Provide(lambda: service, sync_to_thread=False, use_cache=True)
