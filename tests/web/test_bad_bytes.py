"""Bytes that are no text, in addresses, headers, forms and bodies, are the sender's mistake, never the server's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from andon.testing.installation import NO_CERTIFICATES
from andon.testing.serving import serving
from tests.line.story import Piece, Story, ago, hexed
from tests.web.house import build

pytestmark = pytest.mark.anyio

BAD = ("%ff%fe", "%00", "%0a%0d", "%1b%5b31m", "%ed%a0%80", "%e2%80%ae", "%c0%af", "%F0%9F%92%A9")
PATHS = (
    "/#",
    "/changes/#/abc",
    "/changes/shop/#",
    "/runs/#",
    "/runs/1/#",
    "/artifacts/#",
    "/artifacts/shop/#",
    "/environments/#",
    "/environments/test/#",
    "/services/#",
    "/repositories/#",
    "/ledger/#",
    "/static/#",
    "/runs?repository=#&branch=#",
    "/runs/1/unit?find=#",
    "/ledger?stream=#&type=#",
    "/search?q=#",
    "/api/v1/trace/#",
    "/api/v1/environments/#/#",
    "/api/v1/ledger?stream=#&chain=#&after=#",
    "/api/v1/board?#=#",
)
FORMS = (
    ("/cord/pull", b"scope=%ff%00&reason=\xff\xfe"),
    ("/cord/pull", b"scope=line&reason=%00%1b[31m"),
    ("/cord/pull", b"\xff\xff=\xff&&&=%"),
    ("/cord/release", b"scope=line&reason=%ed%a0%80"),
    ("/runs/1/cancel", b"reason=%ff%fe%00"),
    ("/environments/test/shop/promote", b"version=%ff%00"),
    ("/environments/test/shop/rollback", b"version=\xed\xa0\x80"),
)
BODIES = (
    b'{"reason":"\xff\xfe"}',
    b'{"reason":"\\ud800","scope":"line"}',
    b"\x00",
    b'{"reason":"\\u0000\\u001b"}',
    b"\xff",
)
HEADERS = ("accept", "cookie", "authorization", "hx-request", "last-event-id", "if-none-match", "user-agent")
SUBJECT = "Mend\x1b[31m it\x00<b>\u202e\ufffd"


@pytest.fixture(scope="module")
async def http(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx2.AsyncClient]:
    """A house whose newest commit is as hostile as git lets it be."""
    story = Story()
    story.inits(("shop",))
    Piece(story, "shop", SUBJECT, "A\x07da\x9b<i>", 1, "1.1", ago(minutes=9)).green()
    house = await build(tmp_path_factory.mktemp("house"), story.told)
    async with (
        serving(house.door) as base,
        httpx2.AsyncClient(
            base_url=base, headers={"Accept": "text/html"}, timeout=20, verify=NO_CERTIFICATES
        ) as client,
    ):
        yield client
        house.live.close()
    await house.close()


async def test_no_address_is_answered_with_a_fault_of_the_server(http: httpx2.AsyncClient) -> None:
    """Every page and call, with every kind of bad text in the place of a name."""
    for path in PATHS:
        for bad in BAD:
            answer = await http.get(path.replace("#", bad))
            assert answer.status_code < 500, (path, bad, answer.text[-300:])
            assert not {"\x00", "\x1b"} & set(answer.text), (path, bad)


@pytest.mark.parametrize(("path", "form"), FORMS)
async def test_no_form_is_answered_with_a_fault_of_the_server(http: httpx2.AsyncClient, path: str, form: bytes) -> None:
    """What cannot be read is refused in words, and what can is escaped."""
    answer = await http.post(path, content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code < 500, answer.text[-300:]
    assert (await http.get("/")).status_code == 200
    assert (await http.get("/ledger")).status_code == 200


@pytest.mark.parametrize("body", BODIES)
async def test_no_body_is_answered_with_a_fault_of_the_server(http: httpx2.AsyncClient, body: bytes) -> None:
    """JSON that is no UTF-8, or names half a character."""
    answer = await http.post("/api/v1/cord", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, answer.text[-300:]
    assert (await http.get("/")).status_code == 200


@pytest.mark.parametrize("name", HEADERS)
async def test_no_header_is_answered_with_a_fault_of_the_server(http: httpx2.AsyncClient, name: str) -> None:
    """Headers are bytes; whatever they are, there is an answer."""
    for address in ("/", "/live", "/api/v1/board", "/v2/"):
        if (name, address) == ("last-event-id", "/live"):
            continue  # a stream does not end
        async with http.stream("GET", address, headers={name.encode(): b"\xff\xfe=\x80;"}) as answer:
            assert answer.status_code < 500, address


async def test_pages_show_control_characters_of_commits_as_text(http: httpx2.AsyncClient) -> None:
    """A commit message cannot become markup, move a terminal or turn the direction of a page."""
    assert "Mend␛[31m it␀&lt;b&gt;�" in (await http.get("/runs")).text
    for address in ("/", "/runs", "/runs/1", f"/changes/shop/{hexed('shop' + SUBJECT, 40)}", "/ledger"):
        answer = await http.get(address)
        assert answer.status_code == 200, address
        assert not {"\x00", "\x1b", "\x07", "\x9b"} & set(answer.text), address
        assert "<b>" not in answer.text, address
