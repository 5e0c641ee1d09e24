"""The first start, and those after it."""

from __future__ import annotations

import pytest
from tests.doors import Doors

from andon.kernel.ids import AccountName
from andon.tools.access.bootstrap import account_name, bootstrap
from andon.web.gate import sha256_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("os_user", "account"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "ada-lovelace"),
        ("CORP\\Ada", "ada"),
        ("ada@corp.example", "ada-corp-example"),
        ("..", "admin"),
        ("", "admin"),
        ("andon", "admin"),
        ("x" * 99, "x" * 64),
        ("Ünal", "nal"),
    ],
)
def test_the_os_user_becomes_an_account_name(os_user: str, account: str) -> None:
    """Whatever the operating system calls people, the name fits the ledger."""
    assert account_name(os_user) == account


async def test_the_first_start_makes_an_admin_with_a_token_and_a_link(doors: Doors) -> None:
    """Whoever starts the server on an empty folder can use it from terminal and browser."""
    welcome = await bootstrap(doors.keys, doors.accounts, os_user="ada")
    assert welcome is not None
    who = (await doors.client(token=welcome.token.secret).get("/api/v1/whoami")).json()
    assert (who["account"], "admin" in who["permissions"]) == ("ada", True)
    browser = doors.client()
    await browser.post(f"/login/{welcome.link.secret}", headers={"Sec-Fetch-Site": "same-origin"})
    assert (await browser.get("/api/v1/whoami")).status_code == 200
    assert {happened.actor for happened in doors.seen.happened[:3]} == {"andon/start"}


async def test_a_start_with_a_token_that_works_gives_nothing_out(doors: Doors) -> None:
    """Restarts leave the accounts alone."""
    welcome = await bootstrap(doors.keys, doors.accounts, os_user="ada")
    assert welcome is not None
    before = len(doors.seen.happened)
    again = await bootstrap(doors.keys, doors.accounts, os_user="ada", token=welcome.token.secret)
    assert (again, len(doors.seen.happened)) == (None, before)


async def test_a_start_without_the_token_replaces_it(doors: Doors) -> None:
    """A lost credentials file is made good, and what got lost opens nothing any more."""
    first = await bootstrap(doors.keys, doors.accounts, os_user="ada")
    second = await bootstrap(doors.keys, doors.accounts, os_user="ada", token="adn_forgotten")
    assert first is not None
    assert second is not None
    now = doors.clock.now()
    assert doors.accounts.of_token(sha256_of(first.token.secret), now) is None
    assert doors.accounts.of_token(sha256_of(second.token.secret), now) is not None


async def test_a_second_user_of_the_machine_acts_as_the_admin_there_is(doors: Doors) -> None:
    """Whoever can start the server owns its folder; no second admin appears by itself."""
    await bootstrap(doors.keys, doors.accounts, os_user="ada")
    welcome = await bootstrap(doors.keys, doors.accounts, os_user="grace")
    assert welcome is not None
    assert welcome.account == "ada"
    assert doors.accounts.admins() == (AccountName("ada"),)


async def test_secrets_have_no_repr(doors: Doors) -> None:
    """A welcome that is logged by mistake shows nothing."""
    welcome = await bootstrap(doors.keys, doors.accounts, os_user="ada")
    assert welcome is not None
    assert welcome.token.secret not in f"{welcome!r} {welcome.token!r} {welcome}"
