"""Tells a pusher what becomes of the push, as it happens, until the verdict: the run, then each environment."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from andon.engine.engine import Engine
from andon.kernel.envelope import Envelope
from andon.kernel.ids import BranchName, ChainId, chain_of, stream
from andon.kernel.refusal import CommandRefused
from andon.kernel.words import duration
from andon.ledger.ledger import Ledger
from andon.line import consequences
from andon.line.facts import Facts
from andon.line.protection import LINE_REPOSITORY
from andon.tools.artifacts.events import ArtifactPublished, ArtifactSuperseded
from andon.tools.delivery.condition import cut_off_sentence
from andon.tools.delivery.events import (
    LineDefined,
    LineRejected,
    PromotionFailed,
    PromotionOffered,
    PromotionVerified,
    SmokePassed,
)
from andon.tools.pipelines.events import RunFinished, RunQueued
from andon.tools.pipelines.progress import NAME_WIDTH, brief, lines_for, wrapped
from andon.tools.pipelines.views import Runs
from andon.tools.source.ports import Push
from andon.web.advice import addressed
from andon.web.condition import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class LineViews:
    """The views that a story asks."""

    facts: Facts
    runs: Runs


@dataclass(slots=True, kw_only=True)
class Story:
    """What one pushed commit has become: `tell` gives the lines for an event, `is_over` says that no more will come."""

    chain: ChainId
    #: another branch of the same push may have the same commit; its run is told in a story of its own
    branch: BranchName
    #: as of the events that are told, or later
    views: LineViews
    #: the server's address, before "/runs/815"
    url: str
    #: the pusher's
    permissions: frozenset[str] = frozenset()
    is_over: bool = False
    #: the line as it was defined anew, whose consequences are told next
    defined: Envelope[Any] | None = None
    _run: RunQueued | None = None
    _checks: dict[str, int] = field(default_factory=dict)

    def tell(self, happened: Envelope[Any]) -> tuple[str, ...]:
        """The lines that follow from an event; nothing when it is about something else."""
        if happened.chain != self.chain or not self._is_mine(happened):
            return ()
        match happened.event:
            case RunQueued() as event:
                self._run = event
                return self._ran(event)
            case RunFinished() as event:
                goes_on = event.outcome == "success" and event.trunk and event.service is not None
                self.is_over = not goes_on
                return self._ran(event)
            case LineDefined() | LineRejected() as event:
                self.defined = happened if isinstance(event, LineDefined) else None
                return self._line(event)
            case CommandRefused() as event:
                self.is_over = True
                return (
                    f"  ✗ refused by {event.rule}: {event.reason}",
                    f"    {addressed(event.remedy, self.permissions)}",
                )
            case event:
                return self._delivered(event) or self._ran(event)

    def _is_mine(self, happened: Envelope[Any]) -> bool:
        """Is it not about the run of another branch, a restart, or about what only the trunk's run leads to?"""
        if isinstance(happened.event, RunQueued):
            return happened.event.branch == self.branch
        if getattr(happened.event, "restart", False):
            return False
        if happened.stream.startswith("run/"):
            return self._run is not None and happened.stream == stream("run", self._run.number)
        return self._run is None or self._run.trunk

    def _ran(self, event: object) -> tuple[str, ...]:
        if self._run is None:
            return ()
        run = self.views.runs.get(self._run.number)
        return lines_for(event, run, self.url, self.views.runs.trunk(run.repository))

    def _line(self, event: LineDefined | LineRejected) -> tuple[str, ...]:
        self.is_over = True
        if isinstance(event, LineRejected):
            return (f"andon  ✗ the line stays as it was: {event.reason}",)
        names = "  →  ".join(f"{e.name} ({e.promotion})" for e in event.environments)
        return (f"andon  ✓ the line is  {names}", *self._ending(event))

    def _ending(self, event: LineDefined) -> tuple[str, ...]:
        """What ends with the environments that left the line."""
        facts = self.views.facts
        said = []
        for environment in event.removed:
            places = [(service, one) for (where, service), one in facts.standings.items() if where == environment]
            gone = [f"{service} {facts.artifacts[d].version}" for service, one in places if (d := one.live or one.left)]
            what = f"{', '.join(gone)} will be drained and stopped" if gone else "nothing runs there"
            said.append(f"andon  – {environment} is removed: {what}")
        return tuple(said)

    def _delivered(self, event: object) -> tuple[str, ...]:
        match event:
            case ArtifactPublished():
                self.is_over = not self.views.facts.environments
                return (_row("✓", "published", f"{event.name} {event.version}  {brief(event.digest)}"),)
            case ArtifactSuperseded():
                self.is_over = True
                return (_row("–", "superseded", f"by {event.by}, which is of a newer commit: not promoted by itself"),)
            case SmokePassed():
                self._checks[event.promotion] = event.checks
            case PromotionVerified():
                self.is_over = self.views.facts.after(event.environment) is None
                return _verified(event, self._checks.get(event.promotion, 0))
            case PromotionOffered():
                self.is_over = True
                command = f"andon promote {event.service} --env {event.environment}"
                return (_row("…", event.environment, f"waits for: {addressed(command, self.permissions)}"),)
            case PromotionFailed():
                self.is_over = True
                first, *more = wrapped(f"{event.phase}: {event.reason}")
                more.append(f"see: andon logs {event.service} --env {event.environment}")
                return (_row("✗", event.environment, first), *(f"      {line}" for line in more))
        return ()


def _row(mark: str, name: str, what: str, took: timedelta | None = None) -> str:
    return f"  {mark} {name:{NAME_WIDTH}} {duration(took) if took else '':>8}  {what}"


def _verified(event: PromotionVerified, checks: int) -> tuple[str, ...]:
    smoke = f"{checks} smoke check{'s' if checks != 1 else ''} passed" if checks else "healthy, no smoke checks"
    row = _row("✓", event.environment, f"{event.service} {event.version}, blue/green, {smoke}", event.took)
    warning = cut_off_sentence(event)
    return (row, f"    ! {warning}") if warning else (row,)


class WaitingNarrator:
    """source.Narrator of a server without pipelines: nothing more happens here."""

    async def narrate(self, push: Push) -> AsyncGenerator[str, None]:
        """One line."""
        yield "andon  recorded; its run waits for a server that runs pipelines:  andon up --tools pipelines"


class LineNarrator:
    """source.Narrator: one story for each pushed branch, told one after the other."""

    def __init__(
        self, engine: Engine, ledger: Ledger, views: LineViews, url: str, condition: Callable[[], Condition]
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._views = views
        self._url = url
        self._condition = condition

    async def narrate(self, push: Push) -> AsyncIterator[str]:
        """The lines, until each pushed commit has its verdict; what is wrong with the line comes last."""
        async for line in self._all(push):
            yield line
        condition = self._condition()
        if condition.troubles:
            sign = "✗" if condition.colour == "red" else "!"
            for number, line in enumerate(wrapped(condition.sentence)):
                yield f"{' ' * 9 if number else f'andon  {sign} '}{line}"

    async def _all(self, push: Push) -> AsyncIterator[str]:
        repository = push.repository
        for update in push.updates:
            if update.branch is None or update.after is None:
                continue
            trunk = self._views.facts.trunks.get(repository)
            if repository == LINE_REPOSITORY and update.branch != trunk:
                yield f"andon  the line stays as it is until this is on {trunk}"
                continue
            chain = chain_of(repository, update.after)
            story = Story(
                chain=chain, branch=update.branch, views=self._views, url=self._url, permissions=push.permissions
            )
            branches = sum(1 for each in push.updates if each.branch and each.after == update.after)
            async for line in self._told(story, await self._before(chain, branches)):
                yield line

    async def _told(self, story: Story, after: int) -> AsyncIterator[str]:
        async with aclosing(self._engine.follow(after)) as events:
            async for happened in events:
                for line in story.tell(happened):
                    yield line
                if story.is_over:
                    break
        if story.defined is not None:
            async for line in consequences.told(self._engine, story.defined, story.permissions):
                yield line

    async def _before(self, chain: ChainId, branches: int) -> int:
        """The position before the push that brought the commit last, to so many branches."""
        pushed = await self._ledger.read(
            chain=chain, type_prefix="source.BranchPushed", newest_first=True, limit=branches
        )
        return min((each.position for each in pushed), default=1) - 1
