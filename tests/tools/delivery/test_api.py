"""The API of delivery over HTTP messages, and what its commands print; processes and HAProxy are real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
import pytest
from litestar import Litestar
from litestar.di import Provide

from andon.engine.callers_desk import CallersDesk
from andon.engine.clock import SystemClock
from andon.engine.engine import Engine
from andon.kernel.ids import AccountName, Actor
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.load import Load
from andon.tools.delivery.answering import provide_promotions
from andon.tools.delivery.api import HANDLERS
from andon.web.errors import exception_handlers
from andon.web.who import Who

from .site import Site, server

pytestmark = pytest.mark.anyio

OPERATOR = frozenset({"read", "push", "run", "promote", "cord"})


@asynccontextmanager
async def door(site: Site, engine: Engine, permissions: frozenset[str] = OPERATOR) -> AsyncIterator[httpx2.AsyncClient]:
    """A program that may do these things."""
    who = Who(actor=Actor("ada"), account=AccountName("ada"), permissions=permissions)
    services = {
        "who": who,
        "desk": CallersDesk(engine.desk, who),
        "environments": site.environments,
        "now": SystemClock().now(),
        "cords": site.cords,
        "verdicts": site.verdicts,
        "service_logs": site.logs(),
        "clock": SystemClock(),
    }
    app = Litestar(
        cast(Any, HANDLERS),
        dependencies={name: Provide(_given(one), sync_to_thread=False) for name, one in services.items()}
        | {"promotions": Provide(provide_promotions, sync_to_thread=False)},
        exception_handlers=cast(Any, exception_handlers()),
        logging_config=None,
        openapi_config=None,
    )
    transport = httpx2.ASGITransport(cast(Any, app), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
        yield client


def _given(service: object) -> Any:
    return lambda: service


async def test_promote_takes_what_was_verified_before_and_waits_for_the_verdict(site: Site) -> None:
    """What test has verified enters production, once; asked again there is nothing to do."""
    first = site.image(1, server())
    async with site.engine() as engine, door(site, engine) as client:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        answer = (await client.post("/api/v1/promotions?wait=30", json={"service": "shop"})).json()
        assert (answer["environment"], answer["version"], answer["state"]) == ("production", "1.1", "verified")
        again = await client.post("/api/v1/promotions", json={"service": "shop", "environment": "production"})
        assert again.json()["state"] == "there"
        known = (await client.get("/api/v1/promotions/production/shop/1")).json()
        assert (known["state"], known["version"]) == ("verified", "1.1")


async def test_environments_show_slots_weights_and_history(site: Site) -> None:
    """One record says what is live, in which slot, with which weight, and what was promoted by whom."""
    first = site.image(1, server())
    async with site.engine() as engine, door(site, engine) as client:
        await site.promote(engine, first, "1.1", why="because")
        await site.verdict(1)
        shown = (await client.get("/api/v1/environments")).json()
        assert [one["name"] for one in shown] == ["test", "production"]
        service = (await client.get("/api/v1/environments/test/shop")).json()
        assert service == shown[0]["services"][0]
        assert service["live"]["version"] == "1.1"
        assert [(s["slot"], s["role"], s["weight_percent"]) for s in service["slots"]] == [
            ("blue", "live", 100),
            ("green", "", 0),
        ]
        assert [(p["verdict"], p["by"], p["why"]) for p in service["promoted"]] == [("verified", "ada", "because")]
        async with httpx2.AsyncClient(verify=NO_CERTIFICATES) as visitor:
            assert (await visitor.get(service["url"])).text == "shop 1.1"


async def test_rollback_promotes_the_version_before(site: Site) -> None:
    """Without a version it is the one before what is live."""
    first, second = site.image(1, server()), site.image(2, server())
    async with site.engine() as engine, door(site, engine) as client:
        for number, digest in enumerate((first, second), start=1):
            await site.promote(engine, digest, f"1.{number}")
            await site.verdict(number)
        body = {"service": "shop", "environment": "test"}
        answer = (await client.post("/api/v1/rollbacks?wait=30", json=body)).json()
        assert (answer["version"], answer["state"]) == ("1.1", "verified")


async def test_the_cord_is_pulled_listed_and_released(site: Site) -> None:
    """Pulling twice and releasing what is not pulled are refused, in words."""
    async with site.engine() as engine, door(site, engine) as client:
        body = {"scope": "environment/production", "reason": "prices are wrong"}
        assert (await client.post("/api/v1/cord", json=body)).status_code == 201
        refused = await client.post("/api/v1/cord", json=body)
        assert refused.status_code == 409
        assert refused.json()["error"]["rule"] == "cord-pulled"
        assert [c["reason"] for c in (await client.get("/api/v1/cord")).json()] == ["prices are wrong"]
        released = {"scope": "environment/production", "reason": "corrected"}
        assert (await client.post("/api/v1/cord/release", json=released)).json() == []
        assert (await client.post("/api/v1/cord/release", json=body)).status_code == 409


@pytest.mark.parametrize(
    ("path", "body"),
    [("promotions", {"service": "shop"}), ("rollbacks", {"service": "shop"}), ("cord", {"reason": "x"})],
)
async def test_readers_change_nothing(site: Site, path: str, body: dict[str, str]) -> None:
    """Who may only read is told so."""
    async with site.engine() as engine, door(site, engine, frozenset({"read"})) as client:
        assert (await client.post(f"/api/v1/{path}", json=body)).status_code == 403


@pytest.mark.parametrize("scope", ["environment/prodction", "service/shpo"])
async def test_a_cord_that_would_stop_nothing_is_not_pulled(site: Site, scope: str) -> None:
    """Whoever misspells it must not believe that the line stands."""
    async with site.engine() as engine, door(site, engine) as client:
        answer = await client.post("/api/v1/cord", json={"scope": scope, "reason": "prices are wrong"})
        assert answer.status_code == 404
        assert (await client.get("/api/v1/cord")).json() == []


async def test_unknown_names_are_answered_with_the_known_ones(site: Site) -> None:
    """A slip of the pen gets a hint."""
    first = site.image(1, server())
    async with site.engine() as engine, door(site, engine) as client:
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        answer = await client.post("/api/v1/promotions", json={"service": "shpo"})
        assert answer.status_code == 404
        assert 'Did you mean "shop"?' in answer.json()["error"]["reason"]
        wrong = await client.get("/api/v1/environments/tset/shop")
        assert 'Did you mean "test"?' in wrong.json()["error"]["reason"]


async def test_the_line_is_shown_as_it_is_defined(site: Site) -> None:
    """Before a file defined it, it is test and then production."""
    async with site.engine() as engine, door(site, engine) as client:
        shown = (await client.get("/api/v1/line")).json()
        assert [(e["name"], e["promotion"]) for e in shown["environments"]] == [
            ("test", "automatic"),
            ("production", "manual"),
        ]


async def test_a_restart_brings_what_was_set_since_the_start(site: Site) -> None:
    """The same version, the new value, no request lost; where nothing serves there is nothing to restart."""
    first = site.image(1, server())
    async with site.engine() as engine, door(site, engine) as client:
        nothing = await client.post("/api/v1/restarts", json={"service": "shop", "environment": "test"})
        assert nothing.status_code == 404
        site.secrets["GREETING"] = "old"
        await site.promote(engine, first, "1.1")
        await site.verdict(1)
        site.secrets["GREETING"] = "new"
        async with Load((await site.state(engine)).route_port) as load:
            answer = (await client.post("/api/v1/restarts?wait=30", json={"service": "shop"})).json()
        assert (answer["version"], answer["state"]) == ("1.1", "verified")
        assert load.failed == 0
        async with httpx2.AsyncClient(verify=NO_CERTIFICATES) as visitor:
            assert (await visitor.get(answer["url"])).text == "shop 1.1 new"
        shown = (await client.get("/api/v1/environments/test/shop")).json()
        assert [one["revision"]["restart"] for one in shown["promoted"]] == [True, False]
