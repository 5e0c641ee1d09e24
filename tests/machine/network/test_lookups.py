"""Names that are looked up for a task."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from andon.machine.network.lookups import Lookups

pytestmark = pytest.mark.anyio


@pytest.fixture
def lookups() -> Iterator[Lookups]:
    """Those of one task."""
    made = Lookups(2)
    yield made
    made.close()


async def test_a_name_is_looked_up_once_for_all_who_ask_at_the_same_time(
    lookups: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who goes away takes nobody the answer; who asks later has a new one, for names move."""
    asked: list[str] = []
    answered = threading.Event()

    def slowly(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        answered.wait(20)
        return [(None, None, None, "", (f"203.0.113.{len(asked)}", 0))]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", slowly)
        waiting = [asyncio.create_task(lookups.addresses("a.example")) for _ in range(50)]
        await asyncio.sleep(0)
        waiting.pop(0).cancel()
        answered.set()
        assert await asyncio.gather(*waiting) == [[ip_address("203.0.113.1")]] * 49
        assert await lookups.addresses("a.example") == [ip_address("203.0.113.2")]
    assert asked == ["a.example"] * 2


@pytest.mark.parametrize("name", ["a..example", f"{'x' * 64}.example"])
async def test_what_no_host_can_be_called_is_an_error_in_words(lookups: Lookups, name: str) -> None:
    """And the next one who asks has the same."""
    for _ in range(2):
        with pytest.raises(OSError, match="it is no host name"):
            await lookups.addresses(name)
