"""Takes deliveries of other tools: who sent it, what it says, and what follows from it, recorded in one step."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from andon.engine.desk import Desk
from andon.kernel.crash_guard import CrashGuard, SetAside, unguarded
from andon.kernel.errors import Forbidden, Invalid, NotFound, PortError
from andon.kernel.ids import Actor, stream
from andon.kernel.order import Order
from andon.tools.measurement.model.intake import deliveries, walk
from andon.tools.measurement.model.intake.clone_addresses import lies_under
from andon.tools.measurement.model.intake.connection import ConnectedTool
from andon.tools.measurement.model.intake.deliveries import KeepDelivery, TakeFacts, slices
from andon.tools.measurement.model.intake.read_delivery import CommitsHead, ReadDelivery
from andon.tools.measurement.model.intake.walk import AskWalk
from andon.tools.measurement.ports import ConnectionSecrets, DeliveryReader, Headers, KeptBodies
from andon.tools.measurement.sources import Sources
from andon.tools.measurement.views import Measured

LONGEST_WHY = 500
#: these would give the secret away, or are about the connection and not the delivery
_NOT_KEPT = ("authorization", "cookie", "key", "password", "secret", "signature", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a delivery."""

    what: str
    #: it was here before, so nothing was recorded
    known: bool = False
    facts: int = 0
    #: repositories from which commits are fetched now
    walks: tuple[str, ...] = ()
    #: why it is kept as it came; "" when it was understood
    kept: str = ""
    #: why there is nothing to measure in it; "" when there is
    nothing: str = ""
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One request of another tool."""

    connection: str
    headers: Headers
    body: bytes

    @property
    def digest(self) -> str:
        """Of its bytes."""
        return f"sha256:{hashlib.sha256(self.body).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """The door of the connections."""

    desk: Desk
    #: by kind
    intakes: Mapping[str, DeliveryReader]
    sources: Sources
    measured: Measured
    secrets: ConnectionSecrets
    bodies: KeptBodies
    now: Callable[[], datetime]
    #: guards what reads deliveries and files
    trying: CrashGuard = unguarded

    async def receive(self, delivery: Delivery) -> Receipt:
        """Errors: NotFound, Forbidden (nothing is recorded but a count), Invalid (it is kept), PortError."""
        name = delivery.connection
        tool = self.admit(name)
        reader = self.reader(tool)
        try:
            await asyncio.to_thread(self._verify, reader, delivery)
        except Forbidden:
            self.sources.turned_away(name)
            raise
        self.sources.record_delivery(name, self.now())
        work = f"reading a delivery of {name} ({delivery.digest[:27]})"
        try:  # beside the server's other work: a batch may take a while
            async with self.trying(work, "have it sent again", keeps=False):
                received = await asyncio.to_thread(reader.read, delivery.headers, delivery.body, tool.names, self.now())
                if not received.kept:
                    return await self._take(delivery, tool, received)
        except Invalid as error:
            await self._keep(delivery, ReadDelivery(what="not understood", kept=str(error)))
            raise
        except SetAside as error:
            received = ReadDelivery(what="set aside", kept=str(error))
        return await self._keep(delivery, received)

    def admit(self, name: str) -> ConnectedTool:
        """What is connected by this name and has a secret to prove itself by. Errors: NotFound, Forbidden."""
        tool = self.sources.tool(name)
        if tool is None:  # said to a stranger: no hint which names there are
            raise NotFound(
                "Nothing is connected here. Check the end of the address; "
                "whoever runs the server sees which there are: andon connect list"
            )
        if not tool.fingerprint:
            self.sources.turned_away(name)
            raise _no_secret(name)
        return tool

    async def walk(self, name: str, heads: Iterable[CommitsHead]) -> tuple[str, ...]:
        """Have git walked from heads that were reported in other ways; why not, where it is not. Errors: NotFound."""
        tool = self.sources.connected(name).tool
        assert tool is not None  # noqa: S101  (connected has said so)
        walks, troubles = self._walks(tool, heads)
        await self.desk.submit_all([_walk_order(name, head) for head in walks])
        return tuple(troubles)

    def reader(self, tool: ConnectedTool) -> DeliveryReader:
        """What reads its deliveries. Errors: PortError when nothing here does."""
        reader = self.intakes.get(tool.kind)
        if reader is None:
            raise PortError(f"This server cannot read deliveries of {tool.kind}.", permanent=True)
        return reader

    def _verify(self, reader: DeliveryReader, delivery: Delivery) -> None:
        secret = self.secrets.of(delivery.connection)
        if not secret:
            raise _no_secret(delivery.connection)
        reader.verify(delivery.headers, delivery.body, secret)

    async def _keep(self, delivery: Delivery, received: ReadDelivery) -> Receipt:
        headers = {name: value for name, value in delivery.headers.items() if not _is_secret(name)}
        digest = await asyncio.to_thread(self.bodies.keep, delivery.connection, headers, delivery.body)
        command = KeepDelivery(
            connection=delivery.connection,
            delivery=received.delivery or digest,
            what=received.what,
            why=received.kept[:LONGEST_WHY],
            digest=digest,
            size_bytes=len(delivery.body),
        )
        happened, _ = await self.desk.submit_all((self._order(delivery.connection, command),))
        return Receipt(what=received.what, known=not happened, kept=received.kept)

    async def _take(self, delivery: Delivery, tool: ConnectedTool, received: ReadDelivery) -> Receipt:
        name = delivery.connection
        walks, outside = self._walks(tool, received.heads)
        troubles = (*received.troubles, *outside)
        id_ = received.delivery or delivery.digest
        *first, last = slices(received.facts)
        if first and id_ in (await self.desk.load(stream(deliveries.NOUN.kind, name))).seen:
            first, last = [], ()
        for facts in first:  # one by one, so that others have their turn; only what came to its end is known then
            await self.desk.submit_all(
                (self._order(name, TakeFacts(connection=name, what=received.what, facts=facts)),)
            )
        command = TakeFacts(connection=name, delivery=id_, what=received.what, facts=last, troubles=troubles)
        orders = [self._order(name, command), *(_walk_order(name, head) for head in walks)]
        happened, _ = await self.desk.submit_all(orders)
        return Receipt(
            what=received.what,
            known=not happened and not received.nothing,
            facts=len(received.facts) if happened else 0,
            walks=tuple(head.repository for head in walks),
            nothing=received.nothing,
            troubles=troubles,
        )

    def _walks(self, tool: ConnectedTool, heads: Iterable[CommitsHead]) -> tuple[list[CommitsHead], list[str]]:
        """The heads whose commits are not known, and why git is not asked for some of them."""
        walks, troubles = [], []
        for head in heads:
            if self.measured.history.graph(head.repository).number(head.commit) is not None:
                continue
            if trouble := _outside(tool, head):
                troubles.append(trouble)
            else:
                walks.append(head)
        return walks, troubles

    def _order(self, connection: str, command: TakeFacts | KeepDelivery) -> Order:
        return Order(stream=stream(deliveries.NOUN.kind, connection), command=command, actor=_actor(connection))


def _no_secret(name: str) -> Forbidden:
    return Forbidden(
        f"{name} has no secret yet, so nobody can prove who sent this. Set it: andon connect secret {name}"
    )


def _walk_order(connection: str, head: CommitsHead) -> Order:
    command = AskWalk(connection=connection, repository=head.repository, clone_url=head.clone_url, head=head.commit)
    return Order(
        stream=stream(walk.NOUN.kind, f"{connection}/{head.repository}"), command=command, actor=_actor(connection)
    )


def _actor(connection: str) -> Actor:
    return Actor(f"connection/{connection}")


def _outside(tool: ConnectedTool, head: CommitsHead) -> str:
    """Why git is not asked for this address: a delivery must not be able to send the server anywhere."""
    if not head.clone_url:
        return f"{head.repository}: the delivery does not say where it is cloned from, so its commits are not known."
    if "@" in head.clone_url.partition("//")[2].partition("/")[0]:
        return f"{head.repository}: its address names somebody to sign in as, and is not kept. Leave that out."
    if lies_under(head.clone_url, tool.clones_from):
        return ""
    allowed = f"only from {tool.clones_from}" if tool.clones_from else "from nowhere (say where: --clones-from)"
    return f"{head.repository}: this connection may clone {allowed}, not from {head.clone_url[:200]!r}."


def _is_secret(name: str) -> bool:
    return name == "host" or any(word in name for word in _NOT_KEPT)
