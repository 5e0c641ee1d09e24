"""Logging in and out with a browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.doors import ROOT, URL, Doors, open_doors

from andon.kernel.ids import AccountName
from andon.tools.access.keys import LINK_LASTS, SESSION_LASTS
from andon.web.front import FrontSettings

pytestmark = pytest.mark.anyio

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
ADA = AccountName("ada")


async def link_for_ada(doors: Doors) -> str:
    if not doors.accounts.all():
        await doors.account("ada", "developer")
    return f"/login/{(await doors.keys.login_link(ADA, actor=ROOT)).secret}"


async def test_opening_the_link_uses_nothing_up(doors: Doors) -> None:
    """A chat program that previews the link does not burn it; the button does the work."""
    link = await link_for_ada(doors)
    for _ in range(3):
        page = await doors.client().get(link, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "Log in as ada" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert "set-cookie" not in page.headers
    assert (await doors.client().post(link, headers=OURS)).status_code == 303


async def test_a_login_opens_a_session(doors: Doors) -> None:
    """After the button the browser is who the link was for."""
    await doors.account("ada", "developer")
    browser = await doors.browser_of("ada")
    assert (await browser.get("/api/v1/whoami")).json()["account"] == "ada"


async def test_a_used_link_is_refused_in_words(doors: Doors) -> None:
    """The second use gets a page that names the next step, and no cookie."""
    link = await link_for_ada(doors)
    await doors.client().post(link, headers=OURS)
    for again in (await doors.client().post(link, headers=OURS), await doors.client().get(link, headers=OURS)):
        assert again.status_code == 409
        assert "andon login" in again.text
        assert "set-cookie" not in again.headers


async def test_an_expired_link_is_refused(doors: Doors) -> None:
    """A quarter of an hour later the link is worth nothing."""
    link = await link_for_ada(doors)
    doors.clock.forward(LINK_LASTS)
    assert (await doors.client().post(link, headers=OURS)).status_code == 409


async def test_links_that_do_not_work_all_look_alike(doors: Doors) -> None:
    """Used, expired and invented links get the same answer."""
    used = await link_for_ada(doors)
    await doors.client().post(used, headers=OURS)
    expired = await link_for_ada(doors)
    doors.clock.forward(LINK_LASTS)
    answers = {
        (answer.status_code, answer.text)
        for answer in [await doors.client().post(link, headers=OURS) for link in (used, expired, "/login/invented")]
    }
    assert len(answers) == 1


async def test_the_cookie_cannot_be_read_by_scripts_nor_brought_by_others(doors: Doors) -> None:
    """HttpOnly, SameSite=Lax, the whole host, and an end."""
    answer = await doors.client().post(await link_for_ada(doors), headers=OURS)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("andon_session=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", f"max-age={int(SESSION_LASTS.total_seconds())}"} <= parts
    assert "secure" not in parts
    assert not any(part.startswith("domain") for part in parts)


async def test_over_https_the_cookie_belongs_to_this_very_host(tmp_path: Path) -> None:
    """Secure and __Host-; a cookie under the plain name is not even looked at."""
    async with open_doors(tmp_path, FrontSettings(url="https://andon.example")) as doors:
        browser = doors.client(url="https://andon.example")
        answer = await browser.post(await link_for_ada(doors), headers=OURS)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-andon_session=")
        assert "; Secure" in cookie
        assert "strict-transport-security" in answer.headers
        assert (await browser.get("/api/v1/whoami")).json()["account"] == "ada"
        secret = cookie.partition("=")[2].partition(";")[0]
        plain = doors.client(url="https://andon.example")
        answer = await plain.get("/api/v1/whoami", headers={"Cookie": f"andon_session={secret}"})
        assert answer.status_code == 401


async def test_a_session_that_was_planted_before_the_login_opens_nothing(doors: Doors) -> None:
    """Session fixation: a login makes a new secret and never adopts the one that the browser shows."""
    planted = "chosen-by-the-attacker"
    answer = await doors.client().post(
        await link_for_ada(doors), headers={**OURS, "Cookie": f"andon_session={planted}"}
    )
    assert planted not in answer.headers["set-cookie"]
    attacker = await doors.client().get("/api/v1/whoami", headers={"Cookie": f"andon_session={planted}"})
    assert attacker.status_code == 401


async def test_a_new_login_closes_the_session_before(doors: Doors) -> None:
    """The same browser has one session."""
    await doors.account("ada", "developer")
    browser = await doors.browser_of("ada")
    old = browser.cookies["andon_session"]
    await browser.post(await link_for_ada(doors), headers=OURS)
    answer = await doors.client().get("/api/v1/whoami", headers={"Cookie": f"andon_session={old}"})
    assert answer.status_code == 401
    assert len(doors.accounts.account(ADA).state.sessions) == 1


async def test_two_different_session_cookies_count_as_none(doors: Doors) -> None:
    """Whoever can plant a second cookie cannot make the browser act in their session."""
    await doors.account("ada", "developer")
    good = (await doors.browser_of("ada")).cookies["andon_session"]
    both = {"Cookie": f"andon_session=planted; andon_session={good}"}
    assert (await doors.client().get("/api/v1/whoami", headers=both)).status_code == 401


async def test_logging_out_closes_the_session_on_the_server(doors: Doors) -> None:
    """A copy of the cookie is worth nothing afterwards."""
    await doors.account("ada", "developer")
    browser = await doors.browser_of("ada")
    copied = browser.cookies["andon_session"]
    answer = await browser.post("/logout", headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    after = await doors.client().get("/api/v1/whoami", headers={"Cookie": f"andon_session={copied}"})
    assert after.status_code == 401


async def test_a_session_ends_by_itself(doors: Doors) -> None:
    """After seven days the browser has to log in again."""
    await doors.account("ada", "developer")
    browser = await doors.browser_of("ada")
    cookie = {"Cookie": f"andon_session={browser.cookies['andon_session']}"}
    doors.clock.forward(SESSION_LASTS - timedelta(seconds=1))
    assert (await doors.client().get("/api/v1/whoami", headers=cookie)).status_code == 200
    doors.clock.forward(timedelta(seconds=1))
    assert (await doors.client().get("/api/v1/whoami", headers=cookie)).status_code == 401


async def test_logged_out_everywhere_means_every_browser(doors: Doors) -> None:
    """One order closes all sessions of the account."""
    await doors.account("ada", "developer")
    browsers = [await doors.browser_of("ada"), await doors.browser_of("ada")]
    answer = await browsers[0].delete("/api/v1/accounts/ada/sessions", headers=OURS)
    assert answer.status_code == 204
    assert {(await browser.get("/api/v1/whoami")).status_code for browser in browsers} == {401}


async def test_another_site_cannot_log_a_browser_in_nor_out(doors: Doors) -> None:
    """Login and logout are orders like any other."""
    await doors.account("ada", "developer")
    browser = await doors.browser_of("ada")
    link = await link_for_ada(doors)
    for path in (link, "/logout"):
        answer = await browser.post(path, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
        assert answer.status_code == 403
    assert (await browser.get("/api/v1/whoami")).status_code == 200
    assert (await doors.client().post(link, headers=OURS)).status_code == 303


async def test_no_secret_of_a_login_stays_in_the_ledger(doors: Doors) -> None:
    """Link and session are known by their hashes only, on disk as well."""
    link = await link_for_ada(doors)
    answer = await doors.client().post(link, headers=OURS)
    session = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    kept = b"".join(file.read_bytes() for file in doors.folder.rglob("*") if file.is_file())
    for secret in (link.removeprefix("/login/"), session):
        assert secret.encode() not in kept
        assert secret not in str(doors.seen.happened)


async def test_the_login_page_says_how_to_get_in(doors: Doors) -> None:
    """Everyone may read how to log in; a logged-in person reads that they are."""
    page = await doors.client().get("/login", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "andon login" in page.text
    await doors.account("ada", "developer")
    browser = await doors.browser_of("ada")
    assert "logged in as ada" in (await browser.get("/login")).text


async def test_a_login_ends_on_this_server(doors: Doors) -> None:
    """The redirect after a login goes to the board, wherever the request claims to come from."""
    answer = await doors.client().post(f"{await link_for_ada(doors)}?next=https://evil.example", headers=OURS)
    assert answer.headers["location"] in {"/", f"{URL}/"}
