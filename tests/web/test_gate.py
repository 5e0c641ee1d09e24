"""The gate: who is asking."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, get
from litestar.response import Stream

from andon.kernel.errors import Forbidden
from andon.kernel.ids import AccountName, Actor
from andon.testing.serving import serving
from andon.web.asgi import App
from andon.web.front import FrontSettings
from andon.web.gate import SECRET_LIMIT, Identified, KeyGate, sha256_of, token_in
from andon.web.sessions import session_of
from andon.web.who import ANONYMOUS, Who
from tests.doors import Doors, open_doors

ADA = Who(actor=Actor("ada"), account=AccountName("ada"), permissions=frozenset({"read"}))


class OneKey:
    """A keyring with one token and one session, that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.good = "good"

    def of_token(self, sha256: str, now: datetime) -> Who | None:
        self.asked.append(sha256)
        return ADA if sha256 == sha256_of(self.good) else None

    def of_session(self, sha256: str, now: datetime) -> Who | None:
        self.asked.append(sha256)
        return ADA if sha256 == sha256_of("open") else None


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def gate(keyring: OneKey) -> KeyGate:
    return KeyGate(keyring, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("headers", "who"),
    [
        ({"authorization": "Bearer good"}, ADA),
        ({"authorization": "bearer   good "}, ADA),
        ({"authorization": basic("git", "good")}, ADA),
        ({"authorization": basic("", "good")}, ADA),
        ({"cookie": "andon_session=open"}, ADA),
        ({"cookie": "theme=dark; andon_session=open; x=y"}, ADA),
        ({}, None),
        ({"authorization": basic("good", "")}, None),
        ({"authorization": "Bearer wrong"}, None),
        ({"authorization": "Bearer"}, None),
        ({"authorization": "Basic %%%"}, None),
        ({"authorization": "Digest good"}, None),
        ({"authorization": "Bearer open"}, None),
        ({"cookie": "andon_session=good"}, None),
        ({"cookie": "__Host-andon_session=open"}, None),
        ({"authorization": "Bearer wrong", "cookie": "andon_session=open"}, None),
    ],
)
async def test_keys_are_read_from_headers(headers: dict[str, str], who: Who | None) -> None:
    """Bearer, Basic with the token as password, or the cookie; a wrong token is not made good by a cookie."""
    assert await gate(OneKey()).identify(headers) == who


@pytest.mark.anyio
async def test_the_keyring_is_only_ever_asked_for_hashes() -> None:
    """The secret itself is never compared, so that the time of a comparison tells nothing."""
    keyring = OneKey()
    await gate(keyring).identify({"authorization": "Bearer good"})
    assert keyring.asked == [sha256_of("good")]
    assert len(keyring.asked[0]) == 64


@pytest.mark.anyio
@pytest.mark.parametrize("header", ["authorization", "cookie"])
async def test_a_giant_key_is_not_even_hashed(header: str) -> None:
    """What is longer than any key of ours costs nothing."""
    keyring = OneKey()
    giant = "x" * (SECRET_LIMIT + 1)
    value = f"Bearer {giant}" if header == "authorization" else f"andon_session={giant}"
    assert await gate(keyring).identify({header: value}) is None
    assert keyring.asked == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_header_breaks_the_gate(authorization: str, cookie: str) -> None:
    """Whatever is sent is read or not, but never an error."""
    token_in({"authorization": authorization})
    session_of({"cookie": cookie}, https=False)


def test_a_missing_permission_is_said_in_words() -> None:
    """Who asks, what is missing, what there is, and what to do."""
    with pytest.raises(
        Forbidden, match='ada may not do this: it needs the permission "promote", and here there is read'
    ):
        ADA.require("promote")
    ADA.require("read")
    assert not ANONYMOUS.may("read")


@pytest.mark.anyio
async def test_reading_needs_a_login_unless_the_settings_say_otherwise(doors: Doors, tmp_path: Path) -> None:
    """Pages are closed by default; with public_read everyone may read, and only that."""
    assert (await doors.client().get("/api/v1/whoami")).status_code == 401
    folder = tmp_path / "open"
    folder.mkdir()
    async with open_doors(folder, FrontSettings(public_read=True)) as opened:
        answer = await opened.client().get("/api/v1/whoami")
        assert answer.json() == {"actor": "anonymous", "account": None, "permissions": ["read"]}
        assert (await opened.client().put("/api/v1/secrets/test/shop/KEY", json={"value": "x"})).status_code == 403
        assert (await opened.client(token="adn_wrong").get("/api/v1/whoami")).status_code == 401


@pytest.mark.anyio
async def test_git_style_basic_works_through_the_front(doors: Doors) -> None:
    """What git and podman send is understood."""
    await doors.account("ada", "developer")
    token = (await doors.token("ada")).secret
    answer = await doors.client().get("/api/v1/whoami", headers={"Authorization": basic("andon", token)})
    assert answer.json()["account"] == "ada"


@pytest.mark.anyio
@pytest.mark.parametrize("end", ["the key", "nothing"])
async def test_a_stream_ends_with_the_key_of_its_reader(end: str) -> None:
    """Nothing more is sent, not even what was waiting; an ordinary answer is sent to its end."""
    keyring, bell = OneKey(), asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        await bell.wait()
        yield b"two "
        yield b"three"

    @get("/events", sync_to_thread=False)
    def events() -> Stream:
        return Stream(pieces())

    app = Identified(cast(App, Litestar([events], openapi_config=None)), gate(keyring))
    async with (
        serving(app) as url,
        httpx2.AsyncClient(base_url=url, headers={"authorization": "Bearer good"}) as http,
        http.stream("GET", "/events") as answer,
    ):
        parts = answer.aiter_bytes()
        read = [await anext(parts)]
        if end == "the key":
            keyring.good = ""
        bell.set()
        read += [part async for part in parts]
    assert b"".join(read) == (b"one " if end == "the key" else b"one two three")
