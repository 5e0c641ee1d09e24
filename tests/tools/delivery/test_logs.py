"""Logs of services through every door: which are kept, what they hold, and who may read them."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import httpx2
import pytest
from litestar import Litestar
from litestar.di import Provide

from andon.console.session import Session
from andon.console.terminal import Terminal
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import AccountName, Actor, EnvironmentName, ServiceName
from andon.machine.log.reading import Printed, PrintedLine
from andon.tools.delivery import api_logs, commands_logs, pages_logs
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.ports import KeptLog, LogStart
from andon.tools.delivery.views import Environments, ServiceSeen
from andon.web.assets import Assets
from andon.web.errors import exception_handlers
from andon.web.gate import login_required
from andon.web.pages import Pages, provide_asked
from andon.web.templates import template_environment
from andon.web.who import Who
from tests.callers import noting

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DEVELOPER = frozenset({"read", "push", "run"})
LINE = PrintedLine(offset=0, at="2026-12-01T11:59:00.000Z", text="\x1b[31mcannot\x1b[0m start <b>", is_note=False)


class FakeLogs:
    """The logs of two promotions; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[PromotionId, LogStart, int]] = []
        self.printed = {2: (replace(LINE, text="1.1 was started, start 1", is_note=True), replace(LINE, offset=60))}

    async def kept(self, environment: EnvironmentName, service: ServiceName) -> tuple[KeptLog, ...]:
        numbers = (2, 1) if environment == "test" else ()
        return tuple(
            KeptLog(promotion=PromotionId(f"{environment}/{service}/{n}"), size_bytes=90, is_open=n == 2)
            for n in numbers
        )

    async def read(self, promotion: PromotionId, start: LogStart, most: int) -> Printed:
        self.asked.append((promotion, start, most))
        lines = self.printed.get(int(promotion.rpartition("/")[2]), ())
        return Printed(lines=tuple(line for line in lines if line.offset >= start.offset), next_offset=120)


class KnownService(Environments):
    """Two environments with a service; nothing is known of its promotions any more."""

    def service(self, environment: EnvironmentName, service: ServiceName) -> ServiceSeen:
        if service != "shop":
            raise NotFound(f'"{service}" was never asked to be in {environment}.')
        return ServiceSeen(environment=environment, service=service)


@dataclass
class Clock:
    def now(self) -> datetime:
        return NOW


@asynccontextmanager
async def door(logs: FakeLogs, permissions: frozenset[str] = DEVELOPER) -> AsyncIterator[httpx2.AsyncClient]:
    """A program that may do these things."""
    pages = Pages(
        template_environment({"delivery": "andon.tools.delivery"}, Assets()), now=Clock().now, position=lambda: 0
    )
    who = Who(actor=Actor("ada"), account=AccountName("ada"), permissions=permissions)
    things = {"who": who, "environments": KnownService(), "service_logs": logs, "clock": Clock(), "pages": pages}
    app = Litestar(
        cast(Any, (*api_logs.HANDLERS, *pages_logs.HANDLERS)),
        dependencies={
            **{name: Provide(_given(one), sync_to_thread=False) for name, one in things.items()},
            "asked": Provide(provide_asked, sync_to_thread=False),
        },
        guards=[login_required],
        exception_handlers=cast(Any, exception_handlers()),
        logging_config=None,
        openapi_config=None,
    )
    transport = httpx2.ASGITransport(cast(Any, noting(app, who)), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def _given(thing: object) -> Any:
    return lambda: thing


async def test_the_newest_log_is_given_from_its_end_and_goes_on() -> None:
    """`after` goes on where the answer ended; `since` looks back from now."""
    logs = FakeLogs()
    async with door(logs) as client:
        shown = (await client.get("/api/v1/environments/test/shop/log?limit=5&since=10m&plain=true")).json()
        assert shown["log"]["promotion"] == 2
        assert shown["lines"][1]["text"] == "cannot start <b>"
        await client.get(f"/api/v1/environments/test/shop/log?promotion=1&after={shown['next_offset']}")
    since = datetime(2026, 12, 1, 11, 50, tzinfo=UTC)
    assert logs.asked == [
        (PromotionId("test/shop/2"), LogStart(last=5, since=since), 5),
        (PromotionId("test/shop/1"), LogStart(offset=120), 200),
    ]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/v1/environments/test/shop/log?promotion=9", 404, "No log of promotion 9 is kept"),
        ("/api/v1/environments/test/shop/log?version=9.9", 404, "No log of version 9.9 is kept"),
        ("/api/v1/environments/production/shop/log", 404, "no instance was started yet"),
        ("/api/v1/environments/test/shpo/log", 404, "never asked"),
        ("/api/v1/environments/test/shop/log?limit=0", 400, "from 1 to 5000"),
        ("/api/v1/environments/test/shop/log?since=yesterday", 400, "expected a duration"),
    ],
)
async def test_what_is_not_there_is_said(address: str, status: int, words: str) -> None:
    async with door(FakeLogs()) as client:
        answer = await client.get(address)
        assert (answer.status_code, words in answer.text) == (status, True)


@pytest.mark.parametrize("address", ["/api/v1/environments/test/shop/log", "/api/v1/environments/test/shop/logs"])
async def test_logs_are_for_those_who_may_push(address: str) -> None:
    """A reader sees runs, and a server that is open to read shows no log of a service."""
    async with door(FakeLogs(), frozenset({"read"})) as client:
        assert (await client.get(address)).status_code == 403
        assert (await client.get("/environments/test/shop/log")).status_code == 403


async def test_the_page_shows_colours_and_asks_for_more_itself() -> None:
    """What a service prints is text, whatever it prints; a part has no frame."""
    async with door(FakeLogs()) as client:
        page = (await client.get("/environments/test/shop/log")).text
        assert '<span class="ansi-red">cannot</span> start &lt;b&gt;' in page
        assert "after=120&amp;seen=2" in page
        part = await client.get("/environments/test/shop/log?promotion=2&after=60", headers={"HX-Request": "true"})
        assert part.text.count("log-row") == 1
        assert "<html" not in part.text
        assert "hx-get" in part.text
        ended = (await client.get("/environments/test/shop/log?promotion=1")).text
        assert "hx-get" not in ended
        assert "printed nothing yet" in (await client.get("/environments/production/shop/log")).text


class FakeApi:
    """Answers what it was given, and remembers what it was asked; then somebody presses Ctrl-C."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, Any]] = []

    def get(self, path: str, *, query: Any = None) -> Any:
        self.asked.append((path, query))
        if not self.answers:
            raise KeyboardInterrupt
        return self.answers.pop(0)


STARTED: dict[str, Any] = {"service": "shop", "live": {"version": "1.1"}, "in_progress": None, "promoted": []}
ENVIRONMENTS = [
    {"name": "test", "services": [STARTED]},
    {"name": "production", "services": [STARTED]},
    {"name": "spare", "services": [STARTED | {"live": None}]},
]
LOG = {"environment": "production", "service": "shop", "promotion": 2, "version": "1.1", "verdict": "", "is_open": True}


def shown(*texts: str, **log: Any) -> dict[str, Any]:
    lines = [{"offset": 0, "at": "2026-12-01T11:59:00.000Z", "text": text, "is_note": False} for text in texts]
    return {"log": {**LOG, **log}, "lines": lines, "next_offset": 7}


def printed(api: FakeApi, service: str = "shop", *, as_json: bool = False, **options: Any) -> tuple[str, str]:
    """What the command prints with these answers, and beside it."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, width=120, colour=False, err_colour=False, moving=False)
    session = Session(url="http://127.0.0.1:8600", find_token=lambda url: "", json=as_json, terminal=terminal)
    session.__dict__["api"] = api
    with suppress(KeyboardInterrupt):
        commands_logs.logs(service, session=session, **options)
    return out.getvalue(), err.getvalue()


def test_the_log_is_that_of_the_last_environment_with_the_service() -> None:
    """Which one it is stands beside it; colours are for terminals."""
    api = FakeApi(ENVIRONMENTS, shown("\x1b[31mred\x1b[0m", "two"))
    out, err = printed(api, limit=5, since="10m")
    assert out == "2026-12-01 11:59:00.000  red\n2026-12-01 11:59:00.000  two\n"
    assert err == "shop 1.1 in production (running)\n"
    query = {"version": "", "limit": 5, "since": "10m"}
    assert api.asked[1] == ("/api/v1/environments/production/shop/log", query)


def test_following_goes_on_and_into_the_next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was printed while nobody looked is not left out."""
    monkeypatch.setattr(commands_logs, "PAUSE_S", 0)
    newest = LOG | {"promotion": 3, "version": "1.2"}
    api = FakeApi(
        shown("one"), shown("two"), shown(is_open=False), [newest], shown("three", promotion=3, version="1.2")
    )
    out, err = printed(api, env="test", follow=True, times=False)
    assert out == "one\ntwo\nthree\n"
    assert "shop 1.2" in err
    afters = [query["after"] for _, query in api.asked[1:] if query and "after" in query]
    assert afters == [7, 7, 0, 7]


def test_programs_get_the_answer_as_it_is() -> None:
    assert json.loads(printed(FakeApi(shown("one")), as_json=True, env="test")[0])["lines"][0]["text"] == "one"


def test_a_run_or_an_unknown_service_gets_a_hint() -> None:
    with pytest.raises(Invalid, match="andon log 12"):
        printed(FakeApi(), "12")
    with pytest.raises(NotFound, match="shop"):
        printed(FakeApi(ENVIRONMENTS), "shpo")
