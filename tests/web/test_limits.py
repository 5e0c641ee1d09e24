"""How often is too often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.web.front import FrontSettings
from andon.web.limits import REMEMBERED, WRONG_KEYS, Buckets, Limit
from tests.doors import Doors, open_doors


@given(st.lists(st.floats(0, 30), max_size=60))
def test_a_bucket_never_gives_more_than_its_limit(pauses: list[float]) -> None:
    """In any stretch of time there are at most burst + rate x time."""
    now = 0.0
    buckets = Buckets(Limit(burst=5, per_second=0.5), lambda: now)
    given_out = 0
    for pause in pauses:
        now += pause
        given_out += buckets.take("ada") == 0
    assert given_out <= 5 + 0.5 * now + 1e-6


def test_waiting_as_long_as_one_is_told_is_enough() -> None:
    """Retry-After is true."""
    now = 0.0
    buckets = Buckets(Limit(burst=1, per_second=0.3), lambda: now)
    assert buckets.take("ada") == 0
    wait = buckets.take("ada")
    assert wait > 0
    now += wait
    assert buckets.take("ada") == 0


def test_many_names_do_not_fill_the_memory() -> None:
    """The name unseen for longest is forgotten."""
    buckets = Buckets(Limit(burst=1, per_second=1), lambda: 0.0)
    for n in range(REMEMBERED + 50):
        buckets.take(str(n))
    assert len(buckets._buckets) == REMEMBERED


@pytest.mark.anyio
async def test_wrong_tokens_are_counted_by_address(doors: Doors) -> None:
    """After a burst of wrong keys the answer is 429 with a time to wait; another address is not touched."""
    guesser = doors.client(address="10.0.0.7")
    wrong = {"Authorization": "Bearer adn_wrong"}
    codes = [(await guesser.get("/api/v1/whoami", headers=wrong)).status_code for _ in range(WRONG_KEYS.burst + 1)]
    assert codes == [401] * WRONG_KEYS.burst + [429]
    last = await guesser.get("/api/v1/whoami", headers=wrong)
    assert int(last.headers["retry-after"]) >= 1
    assert last.json()["error"]["kind"] == "too_many"
    assert "content-security-policy" in last.headers
    other = await doors.client(address="10.0.0.8").get("/api/v1/whoami", headers=wrong)
    assert other.status_code == 401
    doors.clock.forward(timedelta(seconds=int(last.headers["retry-after"])))
    assert (await guesser.get("/api/v1/whoami", headers=wrong)).status_code == 401


@pytest.mark.anyio
async def test_guessed_links_are_counted_too(doors: Doors) -> None:
    """Trying login links ends in 429 as well."""
    guesser = doors.client(address="10.0.0.7")
    ours = {"Sec-Fetch-Site": "same-origin"}
    codes = [(await guesser.post(f"/login/guess{n}", headers=ours)).status_code for n in range(WRONG_KEYS.burst + 1)]
    assert codes == [409] * WRONG_KEYS.burst + [429]


@pytest.mark.anyio
async def test_nobody_is_locked_out_by_the_guesses_of_others(doors: Doors) -> None:
    """A right key passes, however many wrong ones came from its address."""
    await doors.account("ada", "reader")
    token = (await doors.token("ada")).secret
    for _ in range(WRONG_KEYS.burst + 5):
        await doors.client().get("/api/v1/whoami", headers={"Authorization": "Bearer adn_wrong"})
    assert (await doors.client(token=token).get("/api/v1/whoami")).status_code == 200


@pytest.mark.anyio
async def test_visitors_without_any_key_are_not_counted_as_guessers(doors: Doors) -> None:
    """git asks without a key first, every time."""
    codes = {(await doors.client().get("/api/v1/whoami")).status_code for _ in range(WRONG_KEYS.burst + 5)}
    assert codes == {401}


@pytest.mark.anyio
async def test_requests_of_one_account_are_limited(tmp_path: Path) -> None:
    """One account that runs wild is slowed down; others are not."""
    async with open_doors(tmp_path, FrontSettings(requests=Limit(burst=3, per_second=1))) as doors:
        wild, calm = await doors.as_role("reader"), await doors.as_role("reader")
        assert [(await wild.get("/api/v1/whoami")).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert (await calm.get("/api/v1/whoami")).status_code == 200
        doors.clock.forward(timedelta(seconds=1))
        assert (await wild.get("/api/v1/whoami")).status_code == 200
