"""The registry as an ASGI application: lets through who may, writes down who may not, answers every error in words."""

from __future__ import annotations

import errno
import sqlite3
import time

import structlog

from andon.kernel.errors import NoSpace
from andon.kernel.ids import Actor
from andon.tools.artifacts.model.grant import ONLY_CI_WRITES, RULE_ONLY_CI_WRITES, Grant
from andon.tools.artifacts.ports import Refusals
from andon.tools.artifacts.registry import routes
from andon.tools.artifacts.registry.call import Call
from andon.tools.artifacts.registry.complaints import Complaint, Disconnected, disk_full
from andon.tools.artifacts.registry.credentials import TOKEN_PATH, Access, presented
from andon.tools.artifacts.registry.exchange import Receive, RegistryExchange, Scope, Send
from andon.tools.artifacts.registry.storage import RegistryStorage
from andon.tools.artifacts.registry.token_endpoint import give_token

READS = frozenset({"GET", "HEAD"})
ANONYMOUS = Actor("anonymous")
#: how long after a stranger's attempt was written down no other stranger's is
QUIET_SECONDS = 60.0
#: what a write says when there is no room: the disk, the quota, or the process's own limit
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

log = structlog.get_logger(__name__)


class Registry:
    """The ASGI application for paths under /v2/."""

    def __init__(self, storage: RegistryStorage, access: Access, refusals: Refusals) -> None:
        self._storage = storage
        self._access = access
        self._refusals = refusals
        self._quiet_until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = RegistryExchange(scope, receive, send)
        try:
            await self._answer(exchange)
        except Complaint as complaint:
            if not exchange.answering:
                await exchange.complain(complaint)
        except Disconnected:
            pass  # the client has gone; what it sent of an upload is kept for it to resume
        except NoSpace as error:
            log.error("an upload was refused: the disk is nearly full", path=exchange.path)
            await exchange.complain(disk_full(str(error)))
        except (OSError, sqlite3.OperationalError) as error:
            if exchange.answering or not _is_full(error):
                raise
            log.error("the disk is full", path=exchange.path)
            await exchange.complain(disk_full())

    async def _answer(self, exchange: RegistryExchange) -> None:
        if exchange.path == TOKEN_PATH:
            await give_token(exchange, self._access)
            return
        if exchange.path in {"/v2", "/v2/"}:
            self._access.grant_of(presented(exchange))
            headers = {"docker-distribution-api-version": "registry/2.0", "content-type": "application/json"}
            await exchange.reply(200, headers, b"{}")
            return
        route = routes.find(exchange.method, exchange.path)
        grant = await self._let_in(exchange, route.name)
        if exchange.method not in {*READS, "DELETE"}:
            self._storage.reserve.check(_promised_bytes(exchange))
        call = Call(exchange=exchange, storage=self._storage, grant=grant, name=route.name, reference=route.reference)
        await route.handler(call)

    async def _let_in(self, exchange: RegistryExchange, name: str) -> Grant:
        """The caller's grant, when it covers the call. A writer who is not let in is written down.

        A write without any token is how container tools ask where to log in: answered, but no attempt to write.
        """
        reads = exchange.method in READS
        scope = f"repository:{name}:{'pull' if reads else 'pull,push'}"
        try:
            grant = self._access.grant_of(presented(exchange), scope)
        except Complaint as complaint:
            if not reads and presented(exchange) is not None:
                await self._write_down(ANONYMOUS, exchange, name, complaint.message)
            raise
        if reads and not grant.may_pull(name):
            raise Complaint(403, "DENIED", f"{grant.actor} may not pull {name}: the token's scope does not contain it.")
        if not reads and not grant.may_push(name):
            reason = f"{grant.actor} may not push {name}. {ONLY_CI_WRITES}"
            await self._write_down(grant.actor, exchange, name, f"{grant.actor} has no run's token for {name}.")
            raise Complaint(403, "DENIED", f"refused by {RULE_ONLY_CI_WRITES}: {reason}")
        return grant

    async def _write_down(self, actor: Actor, exchange: RegistryExchange, name: str, reason: str) -> None:
        """Into the ledger; strangers only once in a while, or they could fill it."""
        if actor == ANONYMOUS:
            if time.monotonic() < self._quiet_until:
                return
            self._quiet_until = time.monotonic() + QUIET_SECONDS
        what = "delete" if exchange.method == "DELETE" else "push"
        await self._refusals.refused(actor, f"{what} {name}", RULE_ONLY_CI_WRITES, reason)


def _promised_bytes(exchange: RegistryExchange) -> int:
    """How long the body is, where the client says it."""
    said = exchange.headers.get("content-length", "")
    return int(said) if said.isdecimal() and len(said) < 20 else 0


def _is_full(error: OSError | sqlite3.OperationalError) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return error.sqlite_errorcode == sqlite3.SQLITE_FULL
