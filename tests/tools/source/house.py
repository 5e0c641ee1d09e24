"""A git server as the house runs it: real ledger, engine and git; a judge and a narrator that the test leads."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from andon.engine.codec import Codec
from andon.engine.desk import Desk
from andon.engine.engine import Engine, Parts
from andon.kernel.envelope import Envelope
from andon.kernel.errors import Refused
from andon.kernel.ids import AccountName, Actor, EventId, RepositoryName, stream
from andon.kernel.refusal import CommandRefused
from andon.ledger.opening import open_ledger
from andon.machine.disk import Reserve
from andon.testing.serving import serving
from andon.tools.source.adapters.repositories_git import BareRepositories
from andon.tools.source.door import GitDoor
from andon.tools.source.events import EVENTS
from andon.tools.source.model.push import PushLimits
from andon.tools.source.model.repository import NOUN, Repository
from andon.tools.source.ports import Push
from andon.tools.source.receiving import Reception
from andon.tools.source.views import Repositories
from andon.web.gate import token_in
from andon.web.who import Who

SHOP = RepositoryName("shop")
_ids = itertools.count(1)


class Keys:
    """A gate that knows three tokens."""

    _ROLES: Mapping[str, frozenset[str]] = {
        "ada-token": frozenset({"read", "push"}),
        "reader-token": frozenset({"read"}),
    }

    async def identify(self, headers: Mapping[str, str]) -> Who | None:
        token = token_in(headers) or ""
        if token not in self._ROLES:
            return None
        name = token.removesuffix("-token")
        return Who(actor=Actor(name), account=AccountName(name), permissions=self._ROLES[token])


@dataclass
class Court:
    """A judge that says what it was told to, and remembers what it was asked."""

    verdict: Refused | None = None
    asked: list[Push] = field(default_factory=list)

    async def judge(self, push: Push) -> Refused | None:
        self.asked.append(push)
        return self.verdict


class Storyteller:
    """A narrator whose next line comes when the test gives it; None ends the story."""

    def __init__(self) -> None:
        self.story: asyncio.Queue[str | None] = asyncio.Queue()
        self.listeners = 0

    async def narrate(self, push: Push) -> AsyncIterator[str]:
        self.listeners += 1
        try:
            yield f"andon  {push.repository} pushed by {push.actor}"
            while (line := await self.story.get()) is not None:
                yield line
        finally:
            self.listeners -= 1

    def tell(self, *lines: str | None) -> None:
        for line in lines:
            self.story.put_nowait(line)


@dataclass
class Refusals:
    """A view of every refusal."""

    seen: list[Envelope[CommandRefused]] = field(default_factory=list)

    def apply(self, happened: Envelope[object]) -> None:
        if isinstance(happened.event, CommandRefused):
            self.seen.append(cast("Envelope[CommandRefused]", happened))


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything a test may want to look at."""

    url: str
    root: Path
    desk: Desk
    views: Repositories
    refusals: list[Envelope[CommandRefused]]
    repositories: BareRepositories
    reception: Reception
    door: GitDoor
    court: Court
    narrator: Storyteller

    def remote(self, repository: str = "shop", token: str = "ada-token") -> str:
        """A remote address with its token in it."""
        return f"{self.url.replace('://', f'://git:{token}@')}/git/{repository}"

    async def state(self, repository: RepositoryName = SHOP) -> Repository:
        state = await self.desk.load(stream(NOUN.kind, repository))
        assert isinstance(state, Repository)
        return state


@asynccontextmanager
async def house(root: Path, limits: PushLimits | None = None) -> AsyncIterator[House]:
    """A git server over the folder; started again over the same folder it finds what the one before left."""
    limits = limits or PushLimits()
    ledger = await open_ledger(f"sqlite:///{root / 'ledger.db'}")
    views, refusals = Repositories(), Refusals()
    parts = Parts(
        ledger=ledger,
        codec=Codec(EVENTS),
        nouns=(NOUN,),
        new_id=lambda: EventId(f"event-{time.monotonic_ns()}-{next(_ids)}"),
        views=(views, refusals),
    )
    engine = Engine(parts)
    await engine.start()
    repositories = BareRepositories(root / "repositories", search_path=os.environ["PATH"])
    await repositories.prepare()
    court, narrator = Court(), Storyteller()
    reception = Reception(
        repositories=repositories, recorder=engine.desk, judge=court, narrator=narrator, limits=limits
    )
    reserve = Reserve(folder=root)
    door = GitDoor(repositories=repositories, reception=reception, gate=Keys(), limits=limits, reserve=reserve)
    try:
        async with serving(door) as url:
            yield House(
                url=url, root=root, desk=engine.desk, views=views, refusals=refusals.seen, repositories=repositories,
                reception=reception, door=door, court=court, narrator=narrator,
            )  # fmt: skip
            await door.close()
    finally:
        await engine.stop()
        await ledger.close()
