"""The shield before every door."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Forbidden
from andon.web.front import FrontSettings
from andon.web.security import check_same_site, host_name
from tests.doors import Doors, open_doors

HOST = {"host": "127.0.0.1:8600"}


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "something-new"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8600"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({}, True),
        ({"origin": "http://127.0.0.1:8600"}, True),
        ({"origin": "http://127.0.0.1:9999"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:8600.evil.example"}, False),
        ({"sec-fetch-site": "cross-site", "authorization": "Bearer adn_x"}, True),
        ({"sec-fetch-site": "cross-site", "authorization": "Basic eDp5"}, False),
    ],
)
def test_orders_from_other_sites_are_refused(headers: dict[str, str], passes: bool) -> None:
    """Go's cases: Sec-Fetch-Site decides, else Origin; Basic may be sent by the browser itself, Bearer never is."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        if passes:
            check_same_site(method, HOST | headers)
        else:
            with pytest.raises(Forbidden, match="another site"):
                check_same_site(method, HOST | headers)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_not_an_order(method: str) -> None:
    """A link on another site may lead here."""
    check_same_site(method, HOST | {"sec-fetch-site": "cross-site"})


def test_an_origin_without_a_host_to_compare_is_refused() -> None:
    """An empty Host never counts as the same host."""
    with pytest.raises(Forbidden):
        check_same_site("POST", {"origin": "null", "host": ""})


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8600", "127.0.0.1"),
        ("LOCALHOST", "localhost"),
        ("localhost.", "localhost"),
        ("[::1]:8600", "::1"),
        ("", ""),
        ("evil@127.0.0.1", ""),
        ("127.0.0.1:8600@evil.example", ""),
        ("127.0.0.1/evil", ""),
        ("127.0.0.1:x", ""),
        ("a b", ""),
        ("[::1", ""),
    ],
)
def test_a_host_header_is_taken_apart_strictly(host: str, name: str) -> None:
    """What is not plainly a host and a port is no name at all."""
    assert host_name(host) == name


@given(st.text(max_size=60))
def test_no_host_header_breaks_the_check(host: str) -> None:
    """Any text is answered, and what is answered is made of harmless characters."""
    assert all(character.isalnum() or character in "._-:" for character in host_name(host))


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8600"])
async def test_another_name_for_this_address_is_refused(doors: Doors, host: str) -> None:
    """DNS rebinding: a site that makes its own name point here reads and orders nothing."""
    client = await doors.as_role("admin")
    for answer in (
        await client.get("/api/v1/whoami", headers={"Host": host}),
        await client.post("/api/v1/order", headers={"Host": host}),
    ):
        assert answer.status_code == 421
        assert answer.json()["error"]["kind"] == "wrong_host"


@pytest.mark.anyio
async def test_configured_names_are_answered(tmp_path: Path) -> None:
    """A name in the settings counts as ours; others still do not."""
    async with open_doors(tmp_path, FrontSettings(url="http://andon.example:8600")) as doors:
        client = doors.client(url="http://andon.example:8600")
        assert (await client.get("/login")).status_code == 200
        assert (await client.get("/login", headers={"Host": "other.example"})).status_code == 421


@pytest.mark.anyio
async def test_a_cross_site_order_with_a_session_is_not_carried_out(doors: Doors) -> None:
    """The cookie alone is not enough: the order must come from our own pages."""
    await doors.account("ada", "admin")
    browser = await doors.browser_of("ada")
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8701"},
        {"Origin": "http://127.0.0.1:8701"},
    ):
        answer = await browser.post("/api/v1/accounts", json={"account": "eve", "role": "admin"}, headers=headers)
        assert answer.status_code == 403
    assert [seen.state.account for seen in doors.accounts.all()] == ["ada"]
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert (await browser.post("/api/v1/order", headers=ours)).status_code == 201


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/login", "/api/v1/whoami", "/nowhere", "/api/v1/broken", "/login/x"])
async def test_every_answer_carries_the_headers(doors: Doors, path: str) -> None:
    """Pages, errors and refusals alike: nothing foreign runs, nobody frames, nothing is guessed, nothing is stored."""
    client = await doors.as_role("admin")
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "cache-control" in headers


@pytest.mark.anyio
async def test_refusals_of_the_shield_carry_the_headers_too(doors: Doors) -> None:
    """Even an answer that no door gave is closed."""
    answer = await doors.client().get("/", headers={"Host": "evil.example", "Accept": "text/html"})
    assert answer.status_code == 421
    assert "content-security-policy" in answer.headers
    assert answer.headers["content-type"].startswith("text/html")
