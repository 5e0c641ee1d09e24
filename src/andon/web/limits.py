"""Limits on how often: wrong keys per address, requests per actor. Token buckets, in memory."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from andon.web.asgi import App, Message, Receive, Scope, Send, address_of, answer, headers_of
from andon.web.errors import TooMany, answer_of
from andon.web.who import who_in

#: how many addresses or actors are remembered; the one unseen for longest is forgotten
REMEMBERED = 10_000
#: where other tools deliver
INTAKE = "/api/v1/intake/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How often something may be done."""

    #: at once, after a rest
    burst: int
    per_second: float


#: 160 random bits cannot be guessed; this keeps guessers from filling the log
WRONG_KEYS = Limit(burst=20, per_second=0.2)
#: far above what a person or an honest script does
REQUESTS = Limit(burst=500, per_second=200)


class Buckets:
    """One bucket for each name, all of one size."""

    def __init__(self, limit: Limit, seconds: Callable[[], float]) -> None:
        self._limit = limit
        self._seconds = seconds
        #: name -> (tokens left, at), the one unseen for longest first
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> int:
        """Take one token: 0 when there was one, else in how many seconds there will be."""
        now = self._seconds()
        left, at = self._buckets.pop(name, (float(self._limit.burst), now))
        left = min(float(self._limit.burst), left + (now - at) * self._limit.per_second)
        enough = left >= 1
        self._buckets[name] = (left - 1 if enough else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return 0 if enough else max(1, math.ceil((1 - left) / self._limit.per_second))


class Limited:
    """The layer that says "too often".

    Wrong keys are counted by what the doors behind answer, so that it holds for every door alike. A right key always
    passes: otherwise a stranger could lock the owner out.
    """

    def __init__(
        self,
        app: App,
        *,
        seconds: Callable[[], float],
        wrong_keys: Limit = WRONG_KEYS,
        requests: Limit = REQUESTS,
    ) -> None:
        self._app = app
        self._wrong_keys = Buckets(wrong_keys, seconds)
        self._requests = Buckets(requests, seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        account = who_in(scope).account
        wait = self._requests.take(account) if account else 0
        if wait:
            await _too_many(scope, send, wait)
            return
        await self._app(scope, receive, _Watched(scope, send, self._wrong_keys))


class _Watched:
    """Passes an answer on, unless it says for the n-th time that the key was wrong."""

    def __init__(self, scope: Scope, send: Send, wrong_keys: Buckets) -> None:
        self._scope = scope
        self._send = send
        self._wrong_keys = wrong_keys
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_wrong_key(self._scope, int(message["status"])):
            wait = self._wrong_keys.take(address_of(self._scope))
            if wait:
                self._replaced = True
                await _too_many(self._scope, self._send, wait)
        if not self._replaced:
            await self._send(message)


def _is_wrong_key(scope: Scope, status: int) -> bool:
    path = str(scope["path"])
    if path.startswith("/login/"):
        return status >= 400
    if path.startswith(INTAKE):  # the key is a signature, and a name that nobody is told is part of it
        return status in {401, 403, 404}
    asks_for_token = path == "/v2/token" and scope["method"] == "POST"  # the key is in the body
    return status == 401 and (asks_for_token or any(name.lower() == b"authorization" for name, _ in scope["headers"]))


async def _too_many(scope: Scope, send: Send, wait: int) -> None:
    what, body, media_type = answer_of(TooMany(wait), str(scope["path"]), headers_of(scope))
    await answer(send, what.status, (*what.headers, ("Content-Type", media_type)), body)
