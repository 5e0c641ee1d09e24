"""The API of access over real HTTP messages."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from tests.callers import admin
from tests.doors import ROOT, URL, Doors, open_doors

from andon.kernel.errors import Refused
from andon.kernel.ids import AccountName
from andon.tools.access.events import TokenIssued
from andon.web.front import FrontSettings

pytestmark = pytest.mark.anyio


async def test_whoami_says_account_and_permissions(doors: Doors) -> None:
    """A token is answered with the account it belongs to and what it may do."""
    await doors.account("ada", "developer")
    client = doors.client(token=(await doors.token("ada", ["read", "push"])).secret)
    answer = await client.get("/api/v1/whoami")
    assert answer.json() == {"actor": "ada", "account": "ada", "permissions": ["push", "read"]}


async def test_nobody_gets_a_401_that_names_the_way_in(doors: Doors) -> None:
    """Without a key even reading is refused, with what to do next."""
    answer = await doors.client().get("/api/v1/whoami")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="andon"'
    assert answer.json()["error"]["kind"] == "not_logged_in"
    assert "andon login" in answer.json()["error"]["reason"]


async def test_a_token_is_shown_once_and_kept_as_its_hash(doors: Doors) -> None:
    """The secret is in the answer and in no event, no list and no file."""
    admin = await doors.as_role("admin")
    made = (await admin.post("/api/v1/tokens", json={"scopes": ["read"], "note": "dashboard"})).json()
    assert made["token"].startswith("adn_")
    assert len(made["token"]) == len("adn_") + 32
    listed = (await admin.get("/api/v1/tokens")).json()
    assert listed[-1]["note"] == "dashboard"
    everything = f"{listed} {doors.seen.happened}"
    assert made["token"] not in everything
    assert made["token"].removeprefix("adn_") not in everything
    random_part = made["token"].removeprefix("adn_").encode()
    assert not any(random_part in file.read_bytes() for file in doors.folder.rglob("*") if file.is_file())


async def test_every_event_names_its_actor(doors: Doors) -> None:
    """Who issued a token stands in the ledger and in the list."""
    await doors.account("ada", "admin")
    admin = doors.client(token=(await doors.token("ada")).secret)
    await admin.post("/api/v1/tokens", json={"scopes": ["read"]})
    last = doors.seen.happened[-1]
    assert isinstance(last.event, TokenIssued)
    assert last.actor == "ada"
    assert (await admin.get("/api/v1/tokens")).json()[-1]["issued_by"] == "ada"


async def test_a_revoked_token_opens_nothing_from_that_moment(doors: Doors) -> None:
    """The request after the revocation is refused."""
    admin = await doors.as_role("admin")
    made = (await admin.post("/api/v1/tokens", json={"scopes": ["read"]})).json()
    other = doors.client(token=made["token"])
    assert (await other.get("/api/v1/whoami")).status_code == 200
    assert (await admin.delete(f"/api/v1/tokens/{made['token_id']}")).status_code == 204
    assert (await other.get("/api/v1/whoami")).status_code == 401


async def test_a_token_ends_at_its_time(doors: Doors) -> None:
    """Expiry is checked at use, to the moment."""
    await doors.account("ada", "reader")
    client = doors.client(token=(await doors.token("ada", lasts=timedelta(hours=1))).secret)
    doors.clock.forward(timedelta(minutes=59))
    assert (await client.get("/api/v1/whoami")).status_code == 200
    doors.clock.forward(timedelta(minutes=1))
    assert (await client.get("/api/v1/whoami")).status_code == 401


async def test_a_weak_token_cannot_make_a_strong_one(doors: Doors) -> None:
    """A key that may only read gives out neither more scopes nor a login link, whatever its account may."""
    await doors.account("ada", "operator")
    weak = doors.client(token=(await doors.token("ada", ["read"])).secret)
    answer = await weak.post("/api/v1/tokens", json={"scopes": ["read", "promote"]})
    assert answer.status_code == 403
    assert "promote" in answer.json()["error"]["reason"]
    assert (await weak.post("/api/v1/login-links", json={})).status_code == 403
    assert (await weak.post("/api/v1/tokens", json={"scopes": ["read"]})).status_code == 201


async def test_a_weak_token_cannot_revoke_a_strong_one(doors: Doors) -> None:
    """A leaked reading token cannot be used to lock its owner out."""
    await doors.account("ada", "operator")
    strong = await doors.token("ada")
    weak = doors.client(token=(await doors.token("ada", ["read"])).secret)
    assert (await weak.delete(f"/api/v1/tokens/{strong.token_id}")).status_code == 403
    assert (await weak.delete("/api/v1/accounts/ada/sessions")).status_code == 403


@pytest.mark.parametrize("role", ["reader", "developer", "operator"])
async def test_only_admins_settle_accounts(doors: Doors, role: str) -> None:
    """Other roles get a 403 that says which permission is missing, whether or not the account exists."""
    await doors.account("grace", "reader")
    client = await doors.as_role(role)  # type: ignore[arg-type]  # parametrize gives plain strings
    answers = [
        await client.post("/api/v1/accounts", json={"account": "eve", "role": "admin"}),
        await client.put("/api/v1/accounts/grace/role", json={"role": "admin"}),
        await client.get("/api/v1/tokens?account=grace"),
        await client.post("/api/v1/tokens", json={"scopes": ["read"], "account": "grace"}),
        await client.post("/api/v1/login-links", json={"account": "grace"}),
        await client.delete("/api/v1/accounts/grace/sessions"),
        await client.delete("/api/v1/accounts/grace?sure=true"),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert all('"admin"' in answer.json()["error"]["reason"] for answer in answers)


async def test_accounts_cannot_be_found_out_by_trying_names(doors: Doors) -> None:
    """For others than admins an account that exists answers as one that does not."""
    await doors.account("grace", "reader")
    client = await doors.as_role("developer")
    there = await client.get("/api/v1/tokens?account=grace")
    not_there = await client.get("/api/v1/tokens?account=nobody")
    assert (there.status_code, there.text) == (not_there.status_code, not_there.text)
    assert [row["account"] for row in (await client.get("/api/v1/accounts")).json()] != ["grace"]
    assert len((await client.get("/api/v1/accounts")).json()) == 1


async def test_a_new_role_counts_for_keys_that_are_out_already(doors: Doors) -> None:
    """Taking a role away takes it from every token and session at once."""
    await doors.account("ada", "admin")
    await doors.account("grace", "operator")
    grace = doors.client(token=(await doors.token("grace")).secret)
    admin = doors.client(token=(await doors.token("ada")).secret)
    assert (await admin.put("/api/v1/accounts/grace/role", json={"role": "reader"})).status_code == 200
    assert (await grace.get("/api/v1/whoami")).json()["permissions"] == ["read"]


async def test_the_last_admin_cannot_be_demoted_not_even_by_two_at_once(doors: Doors) -> None:
    """Two admins who demote each other at the same moment leave one of them."""
    await doors.account("ada", "admin")
    await doors.account("grace", "admin")
    outcomes = await asyncio.gather(
        doors.keys.give_role(AccountName("ada"), "reader", by=admin()),
        doors.keys.give_role(AccountName("grace"), "reader", by=admin()),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes].count(Refused) == 1
    assert len(doors.accounts.admins()) == 1


async def test_a_refusal_has_rule_reason_and_remedy(doors: Doors) -> None:
    """A rule that says no is a 409 with its name, and stands in the ledger."""
    await doors.account("ada", "admin")
    admin = doors.client(token=(await doors.token("ada")).secret)
    answer = await admin.put("/api/v1/accounts/ada/role", json={"role": "reader"})
    assert answer.status_code == 409
    assert answer.json()["error"]["rule"] == "last-admin"
    assert answer.json()["error"]["remedy"]
    assert doors.seen.happened[-1].type == "kernel.CommandRefused"


@pytest.mark.parametrize(
    "body",
    [
        {"scopes": []},
        {"scopes": ["root"]},
        *({"scopes": ["read"], "expires_in_days": days} for days in (0, -1, 367, 10**18, None, 1.5, True)),
        {"scopes": "read"},
        {},
        [],
    ],
)
async def test_a_body_that_makes_no_sense_is_a_400_in_words(doors: Doors, body: object) -> None:
    """Wrong input is answered with what is wrong, never with a 500."""
    admin = await doors.as_role("admin")
    answer = await admin.post("/api/v1/tokens", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["kind"] == "invalid"
    assert answer.json()["error"]["reason"]


@pytest.mark.parametrize("body", [b'{"note": "\xff"}', b"[" * 100_000, b"{", b"\x00"])
async def test_a_body_that_is_no_json_is_a_400_in_words(doors: Doors, body: bytes) -> None:
    """Bytes that no text begins with, and nesting without an end, are the sender's mistake."""
    admin = await doors.as_role("admin")
    answer = await admin.post("/api/v1/tokens", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["reason"]


async def test_a_login_link_names_the_address_that_people_use(tmp_path: Path) -> None:
    """Behind a proxy the settings know the address, not the request."""
    async with open_doors(tmp_path, FrontSettings(url="https://andon.example")) as doors:
        await doors.account("ada", "developer")
        client = doors.client(token=(await doors.token("ada")).secret)
        made = (await client.post("/api/v1/login-links", json={})).json()
        assert made["url"].startswith("https://andon.example/login/")


async def test_a_login_link_does_not_follow_the_request(doors: Doors) -> None:
    """By whatever name the server was asked, the link leads to the address in its settings."""
    await doors.account("ada", "developer")
    client = doors.client(token=(await doors.token("ada")).secret, url="http://localhost:9999")
    made = (await client.post("/api/v1/login-links", json={})).json()
    assert made["url"].startswith("http://127.0.0.1:8600/login/")
    assert made["account"] == "ada"


async def test_the_api_describes_itself(doors: Doors) -> None:
    """Every call of access and infra is in the OpenAPI document, with a sentence."""
    paths = (await (await doors.as_role("reader")).get("/schema/openapi.json")).json()["paths"]
    ours = [call for path, calls in paths.items() if path.startswith("/api/v1/") for call in calls.values()]
    assert len(ours) >= 13
    assert all(call.get("description") for call in ours)
    assert not any(path.startswith("/login") for path in paths)


@pytest.mark.parametrize("end", ["revoked", "over", "account removed"])
async def test_a_link_and_its_session_end_with_the_token_they_were_asked_for_with(doors: Doors, end: str) -> None:
    """Also those that an admin's token asked for in the name of somebody else; those of other tokens go on."""
    await doors.account("grace", "developer")
    await doors.account("root", "admin")
    await doors.account("other", "admin")
    stolen, kept = await doors.token("root", lasts=timedelta(minutes=5)), await doors.token("other")
    browsers = []
    for token, account in ((stolen, "grace"), (kept, "grace"), (stolen, "root")):
        url = await link_of(doors, token.secret, account)
        browser = doors.client()
        assert (await browser.post(url, headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303
        browsers.append(browser)
    link = await link_of(doors, stolen.secret, "grace")
    if end == "revoked":
        await doors.keys.revoke_token(AccountName("root"), stolen.token_id, actor=ROOT)
    elif end == "account removed":
        await doors.keys.remove_account(AccountName("root"), by=admin())
    else:
        doors.clock.forward(timedelta(minutes=5))
    assert [(await browser.get("/accounts")).status_code for browser in browsers] == [401, 200, 401]
    used = await doors.client().post(link, headers={"Sec-Fetch-Site": "same-origin"})
    assert (used.status_code, used.cookies) == (409, httpx2.Cookies())
    assert doors.accounts.open_sessions(AccountName("grace"), doors.clock.now()) == 1


async def link_of(doors: Doors, token: str, account: str) -> str:
    """The path of a login link that a program asks for."""
    made = await doors.client(token=token).post("/api/v1/login-links", json={"account": account})
    return str(made.json()["url"]).removeprefix(URL)


async def test_a_removed_account_opens_nothing_and_nobody_elses_keys_end(doors: Doors) -> None:
    """First it is listed what would end; then tokens, sessions and links end at once, and the list has it no more."""
    admin = await doors.as_role("admin")
    for name in ("ada", "grace"):
        await doors.account(name, "developer")
    token, other = await doors.token("ada", note="laptop"), await doors.token("grace")
    link = await doors.keys.login_link(AccountName("ada"), actor=ROOT)
    listed = (await admin.delete("/api/v1/accounts/ada")).json()
    assert listed == {"account": "ada", "tokens": [f"{token.token_id} laptop"], "sessions": 0, "login_link": True}
    assert doors.keys.is_good(token.secret)
    assert (await admin.delete("/api/v1/accounts/ada?sure=true")).status_code == 200
    assert (doors.keys.is_good(token.secret), doors.keys.link_for(link.secret)) == (False, None)
    assert doors.keys.is_good(other.secret)
    assert "ada" not in [one["account"] for one in (await admin.get("/api/v1/accounts")).json()]
    again = await admin.post("/api/v1/accounts", json={"account": "ada", "role": "reader"})
    assert (again.status_code, again.json()["error"]["rule"]) == (409, "account-removed")
