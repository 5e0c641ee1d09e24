"""Names that are looked up for one task: few at once, and a name once for all who ask at the same time."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

from andon.machine.network.addresses import Address

_WITHIN_S = 10


class Lookups:
    """In threads of the task's own: one that waits for an answer goes on waiting when nobody does any more.

    Programs such as uv open fifty connections to one host at once; name servers lose some of fifty questions.
    """

    def __init__(self, at_once: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="names")
        self._under_way: dict[str, asyncio.Future[list[tuple[Any, ...]]]] = {}

    async def addresses(self, host: str) -> list[Address]:
        """The addresses of a name, as they are now. Errors: OSError."""
        asked = self._under_way.get(host)
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _resolve, host)
            self._under_way[host] = asked
            asked.add_done_callback(lambda _: self._under_way.pop(host))
        try:
            async with asyncio.timeout(_WITHIN_S):
                found = await asyncio.shield(asked)
        except TimeoutError:
            raise OSError(f"no name server answered within {_WITHIN_S} s") from None
        except UnicodeError as error:  # an empty or overlong part between two dots
            raise OSError(f"it is no host name: {error}") from None
        return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]

    def close(self) -> None:
        """Nothing is looked up any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _resolve(host: str) -> list[tuple[Any, ...]]:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
