"""The door for git clients: smart HTTP at /git/NAME, as an ASGI application around a running git."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import structlog

from andon.kernel.errors import AndonError, Forbidden, Invalid, NoSpace, NotFound, PortError, Refused
from andon.kernel.ids import BranchName
from andon.machine.disk import Reserve
from andon.tools.source.model.push import PushLimits
from andon.tools.source.model.repository import parse_repository
from andon.tools.source.ports import Exchange, GitRepositories, GitRequest, GitService
from andon.tools.source.receiving import Reception, Visit
from andon.web.asgi import Receive, Scope, Send, address_of, answer, headers_of
from andon.web.who import Gate

#: how long a client may neither send nor take anything
STALLED = timedelta(seconds=60)
#: how long git may say nothing; while it works or waits for hooks it says something every few seconds
_SILENT = timedelta(minutes=5)
#: between git's last word and its end
_ENDING = timedelta(seconds=2)
#: between the last hook of a push and git's end: it may find that it is time to pack the repository
_PACKING = timedelta(minutes=5)
#: git clients that are served at the same time; those whose push was accepted, and who watch, are not counted
_AT_ONCE = 32
#: how long a client waits for its turn
_WAITING = timedelta(seconds=60)
#: clients that are here at all
_MOST_VISITS = 1_000
#: what a client may say to fetch; a push has its own limit
_MOST_FETCH_BYTES = 16 * 1024 * 1024

_PATH = re.compile(r"/git/([^/]+)/(info/refs|git-upload-pack|git-receive-pack)")
_HOW_TO_KNOCK = "Andon needs to know who you are: run andon login, or give git a token as password.\n"
_log = structlog.get_logger(__name__)


class NotKnown(AndonError):
    """The client did not say who it is, or nobody knows it."""


class TooLarge(AndonError):
    """The client announced more than is taken."""


class GitDoor:
    """ASGI: what git clients ask for at /git/NAME or /git/NAME.git."""

    def __init__(
        self,
        *,
        repositories: GitRepositories,
        reception: Reception,
        gate: Gate,
        limits: PushLimits,
        reserve: Reserve,
    ) -> None:
        self._repositories = repositories
        self._reception = reception
        self._gate = gate
        self._limits = limits
        self._reserve = reserve
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._visits: set[Visit] = set()
        self._endings: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = await self._admitted(scope)
            exchange = await self._begun(request)
        except AndonError as error:
            await _decline(send, error)
            return
        await self._serve(request, exchange, receive, send)

    async def close(self) -> None:
        """Stop telling pushers what becomes of their pushes, and end what is not accepted yet."""
        for visit in self._visits:
            visit.left.set()
        while self._endings:
            await asyncio.wait(self._endings)
        await self._reception.close()

    async def _admitted(self, scope: Scope) -> GitRequest:
        """The request, when it makes sense and its sender may make it. Errors: any AndonError."""
        asked = _PATH.fullmatch(scope["path"])
        if asked is None:
            raise NotFound("There is only git here: git clone http://…/git/REPOSITORY")
        headers = headers_of(scope)
        # a cookie is no answer here: a browser shows it to whoever asks
        caller = await self._gate.identify({"authorization": headers.get("authorization", "")})
        if caller is None:
            raise NotKnown(_HOW_TO_KNOCK)
        repository = parse_repository(asked[1].removesuffix(".git"))
        advertise = asked[2] == "info/refs"
        service = _service(scope["query_string"].decode("latin-1") if advertise else f"service={asked[2]}")
        if scope["method"] != ("GET" if advertise else "POST"):
            raise Invalid(f"{scope['method']} means nothing here.")
        caller.require("push" if service == "git-receive-pack" else "read")
        self._check_size(service, headers.get("content-length", ""))
        request = GitRequest(
            repository=repository,
            service=service,
            advertise=advertise,
            actor=caller.actor,
            permissions=caller.permissions,
            client=address_of(scope),
            content_type=headers.get("content-type", ""),
            content_encoding=headers.get("content-encoding", ""),
            protocol=headers.get("git-protocol", ""),
        )
        await self._found(request)
        return request

    async def _begun(self, request: GitRequest) -> Exchange:
        """A git for the request, when it is its turn. Errors: PortError."""
        try:
            async with asyncio.timeout(_WAITING.total_seconds() if len(self._visits) < _MOST_VISITS else 0):
                await self._turns.acquire()
        except TimeoutError:
            raise PortError("Too many git clients are being served already. Try again in a minute.") from None
        try:
            return self._repositories.serve(request, self._limits_now())
        except BaseException:
            self._turns.release()
            raise

    def _limits_now(self) -> PushLimits:
        """No push is larger than what is free beside the server's reserve."""
        room = max(0, self._reserve.free_bytes() - self._reserve.kept_bytes)
        return replace(self._limits, push_bytes=min(self._limits.push_bytes, room))

    def _check_size(self, service: GitService, announced: str) -> None:
        most = self._most_bytes(service)
        if announced.isdecimal() and int(announced) > most:
            raise TooLarge(f"This request has {int(announced):,} bytes; the limit is {most:,}.")
        if service == "git-receive-pack":
            self._reserve.check(int(announced) if announced.isdecimal() else 0)

    def _most_bytes(self, service: GitService) -> int:
        pushed = self._limits.push_bytes if service == "git-receive-pack" else 0
        return pushed + _MOST_FETCH_BYTES

    async def _found(self, request: GitRequest) -> None:
        """The repository is there, or is created now by the first push. Errors: NotFound, Refused."""
        if self._repositories.folder(request.repository).exists():
            return
        if request.service == "git-upload-pack":
            raise NotFound(await self._reception.why_missing(request.repository))
        await self._reception.admit_name(request.repository, request.actor)
        if not request.advertise:
            await self._repositories.create(request.repository, BranchName("main"))

    async def _serve(self, request: GitRequest, exchange: Exchange, receive: Receive, send: Send) -> None:
        """Let client and git talk; what must outlive the client's connection goes on without it."""
        visit = Visit()
        pushing = request.service == "git-receive-pack" and not request.advertise
        attending = self._reception.attend(exchange, request, visit) if pushing else _nobody()
        ending = asyncio.create_task(_see_off(exchange, asyncio.create_task(attending), visit))
        self._visits.add(visit)
        busy = asyncio.create_task(_busy(exchange, visit))
        self._endings |= {busy, ending}
        busy.add_done_callback(lambda _: self._turns.release())
        busy.add_done_callback(self._endings.discard)
        ending.add_done_callback(self._endings.discard)
        ending.add_done_callback(lambda _: self._visits.discard(visit))
        listening = asyncio.create_task(_listen(exchange, visit, receive, self._most_bytes(request.service)))
        try:
            await _reply(exchange, send)
        except (PortError, TimeoutError) as error:
            _log.warning("git client not served", repository=request.repository, reason=str(error) or "it stalled")
        finally:
            listening.cancel()
            await asyncio.wait({listening})
            visit.parted.set()


async def _listen(exchange: Exchange, visit: Visit, receive: Receive, most_bytes: int) -> None:
    """Hand what the client sends on to git, then wait for the client to go."""
    more = True
    try:
        while more:
            async with asyncio.timeout(STALLED.total_seconds()):
                message = await receive()
            body = message.get("body", b"")
            most_bytes -= len(body)
            if message["type"] != "http.request" or most_bytes < 0:
                break
            await exchange.write(body)
            more = message.get("more_body", False)
        else:
            exchange.end_input()
            await receive()
    except TimeoutError:
        _log.info("a git client stalled")
    finally:
        exchange.end_input()
        visit.left.set()


async def _reply(exchange: Exchange, send: Send) -> None:
    """Hand git's answer on to the client. Errors: PortError, TimeoutError when one of them falls silent."""
    try:
        status, headers = await exchange.head()
    except PortError as error:
        await _decline(send, error)
        raise
    pairs = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    while True:
        async with asyncio.timeout(_SILENT.total_seconds()):
            part = await exchange.read()
        async with asyncio.timeout(STALLED.total_seconds()):
            await send({"type": "http.response.body", "body": part, "more_body": bool(part)})
        if not part:
            return


async def _see_off(exchange: Exchange, attending: asyncio.Task[None], visit: Visit) -> None:
    """Wait for git's end. Before a push is accepted, git ends with its client; after that it finishes by itself."""
    exited, leaving = asyncio.create_task(_exited(exchange)), asyncio.create_task(visit.left.wait())
    await asyncio.wait({exited, leaving}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({exited}, timeout=_ENDING.total_seconds())
    if visit.accepted.is_set():
        await asyncio.wait({attending})
        await asyncio.wait({exited}, timeout=_PACKING.total_seconds())
    await exchange.stop()
    await asyncio.wait({attending, exited, leaving})
    await visit.parted.wait()
    if error := attending.exception():
        _log.error("a push was not attended to", exc_info=error)
    exchange.close()


async def _busy(exchange: Exchange, visit: Visit) -> None:
    """Until git has ended, or only waits for a story to end."""
    either = {asyncio.create_task(_exited(exchange)), asyncio.create_task(visit.accepted.wait())}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    for waiting in either:
        waiting.cancel()


async def _exited(exchange: Exchange) -> None:
    await exchange.exited()


async def _nobody() -> None:
    """Attends to an exchange without hooks."""


def _service(query: str) -> GitService:
    if query == "service=git-upload-pack":
        return "git-upload-pack"
    if query == "service=git-receive-pack":
        return "git-receive-pack"
    raise Invalid("This git client is too old: it needs smart HTTP, which git has since version 1.6.6.")


def _status(error: AndonError) -> int:
    statuses: dict[type[AndonError], int] = {
        NotKnown: 401, Forbidden: 403, NotFound: 404, Invalid: 400, Refused: 409, TooLarge: 413, NoSpace: 507,
        PortError: 503,
    }  # fmt: skip
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), 500)


async def _decline(send: Send, error: AndonError) -> None:
    """Answer in plain text, which git shows to its user line by line."""
    status = _status(error)
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    if status == 401:
        headers.append(("www-authenticate", 'Basic realm="Andon", charset="UTF-8"'))
    if status == 503:
        headers.append(("retry-after", "10"))
    await answer(send, status, headers, f"{str(error).strip()}\n".encode())
