"""The prober `http`: one request, one verdict in words."""

from __future__ import annotations

from datetime import timedelta

import httpx2

from andon.tools.pipelines.events import CheckSpec

MOST_BYTES = 1024 * 1024
LOOPBACK = "127.0.0.1"


class HttpProber:
    """Asks one check; see ports.Prober."""

    async def ask(self, check: CheckSpec, port: int, within: timedelta) -> str:
        url = f"http://{LOOPBACK}:{port}{check.path}"
        try:
            async with (
                _client(within) as client,
                client.stream("GET", url) as answer,
            ):
                return _judged(check, answer.status_code, await _start_of(answer))
        except httpx2.TimeoutException:
            return f"GET {check.path} was not answered within {within.total_seconds():g} s"
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return f"GET {check.path} failed: {str(error) or type(error).__name__}"


def _client(within: timedelta) -> httpx2.AsyncClient:
    """Without certificates: they are of no use for plain HTTP on loopback, and loading them takes 80 ms each time."""
    return httpx2.AsyncClient(trust_env=False, verify=False, timeout=within.total_seconds())


def _judged(check: CheckSpec, status: int, body: str) -> str:
    if status != check.status:
        return f"GET {check.path} answered {status}, expected {check.status}"
    if check.contains and check.contains not in body:
        return f'GET {check.path} answered {status}, but its text has no "{check.contains}"'
    return ""


async def _start_of(answer: httpx2.Response) -> str:
    """The body as far as a check reads it."""
    read = bytearray()
    async for chunk in answer.aiter_bytes():
        read += chunk
        if len(read) >= MOST_BYTES:
            break
    return read.decode(errors="replace")
