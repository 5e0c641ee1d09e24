"""A whole server, in this process, that knows a year of deliveries: what the pages of measurement are tested with."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2

from andon.app import build_app
from andon.config import ServerConfig
from andon.engine.clock import SystemClock
from andon.testing.installation import NO_CERTIFICATES
from andon.testing.serving import serving
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.views import Measured
from andon.wiring.house import House, open_house
from tests.clocks import ClockAhead
from tests.tools.measurement.year import facts
from tests.tools.measurement.year_shape import NOW, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The server, and somebody who is signed in and asks it."""

    house: House
    base: str
    #: what a browser must send to be let in
    headers: dict[str, str]
    http: httpx2.AsyncClient

    async def page(self, address: str) -> str:
        """A page that is there."""
        answer = await self.http.get(address)
        assert answer.status_code == 200, (address, answer.text)
        return answer.text

    async def post(self, address: str, form: dict[str, str]) -> str:
        """Where a form leads."""
        answer = await self.http.post(address, data=form)
        assert answer.status_code == 303, (address, answer.text)
        return str(answer.headers["Location"])

    def tell(self, told: Iterable[Fact]) -> None:
        """Let the view know more facts, as if the ledger had told them."""
        for fact in told:
            self.house.views[Measured].history.add(fact)


@asynccontextmanager
async def measured_house(folder: Path, shape: Shape | None = None) -> AsyncIterator[Visit]:
    """With the year of this shape, which ends now, on the same day for every run; without one it knows nothing."""
    clock = ClockAhead(NOW - SystemClock().now())
    house = await open_house(ServerConfig(data=folder, port=0, search_path=os.environ["PATH"]), clock)
    app = build_app(house)
    await house.start()
    welcome = await house.welcome("")
    assert welcome is not None, "a new server makes its first admin"
    headers = {"Authorization": f"Bearer {welcome.token.secret}", "Accept": "text/html"}
    try:
        async with (
            serving(app) as base,
            httpx2.AsyncClient(base_url=base, headers=headers, timeout=20, verify=NO_CERTIFICATES) as http,
        ):
            visit = Visit(house=house, base=base, headers=headers, http=http)
            if shape is not None:
                visit.tell(facts(replace(shape, end=house.clock.now())))
            yield visit
            house.live.close()
    finally:
        await house.stop()
