"""A whole Andon server, built from its configuration: `open_house`, then `start`; `stop` leaves the world running."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

import structlog

from andon.config import ServerConfig
from andon.engine.attempts import Attempts
from andon.engine.clock import Clock, SystemClock
from andon.engine.codec import Codec
from andon.engine.engine import Engine
from andon.kernel.crash_guard import SetAside
from andon.kernel.masks import Masks
from andon.ledger.heads import HEADS_FILE, HeadFile
from andon.ledger.high_water import HIGH_WATER_FILE, HighWaterFile
from andon.ledger.ledger import Ledger
from andon.ledger.opening import open_ledger
from andon.ledger.proof import LedgerProver
from andon.line.changes import Changes
from andon.line.condition import of_line
from andon.line.facts import Facts
from andon.line.narration import LineNarrator, LineViews, WaitingNarrator
from andon.line.ports import Ports
from andon.line.protected_files import ProtectedFiles
from andon.line.protection import LINE_REPOSITORY
from andon.line.push_judge import PushJudge
from andon.line.renewal import Renewal
from andon.machine.git.git import Git
from andon.machine.listeners import has_listener
from andon.tool import Tool
from andon.tools.access.adapters.randomness_os import OsRandomness
from andon.tools.access.bootstrap import Welcome, bootstrap
from andon.tools.access.keys import Keys
from andon.tools.access.views import Accounts
from andon.tools.artifacts.registry import Access, Registry
from andon.tools.artifacts.registry.credentials import FirstOf
from andon.tools.delivery.effects.sweeping import sweep
from andon.tools.delivery.model.line_file import DEFAULT_LINE
from andon.tools.delivery.views import Environments
from andon.tools.infra.vault import Vault
from andon.tools.infra.views import KnownSecrets
from andon.tools.pipelines.views import Runs
from andon.tools.source.adapters.repositories_git import BareRepositories
from andon.tools.source.adapters.repositories_git.planting import plant
from andon.tools.source.door import GitDoor
from andon.tools.source.model.push import PushLimits
from andon.tools.source.ports import GitRepositories, Narrator
from andon.tools.source.receiving import Reception
from andon.tools.storage.sweeping import Sweeper
from andon.web.condition import Condition
from andon.web.gate import KeyGate
from andon.web.live import Live
from andon.wiring.bridges import LINE_FILE, LatestTime, LivingTokens, PeoplesTokens, RecordedRefusals
from andon.wiring.choosing import chosen
from andon.wiring.engine import EVENTS, build_engine
from andon.wiring.joining import joined
from andon.wiring.ledger_watch import LedgerWatch
from andon.wiring.masks import mask_log, teach
from andon.wiring.measurement import Measuring, build_measuring
from andon.wiring.parts import HouseParts
from andon.wiring.storage import build_sweeper
from andon.wiring.views import HouseViews

log = structlog.get_logger()

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything a door may need."""

    config: ServerConfig
    #: those that run here
    tools: tuple[Tool, ...]
    clock: Clock
    ledger: Ledger
    codec: Codec
    views: HouseViews
    #: what the tools declare and what it is made of, by name
    parts: HouseParts
    engine: Engine
    keys: Keys
    vault: Vault
    gate: KeyGate
    reception: Reception
    git: GitDoor
    registry: Registry
    live: Live
    measuring: Measuring
    watch: LedgerWatch
    sweeper: Sweeper

    def runs(self, tool: str) -> bool:
        """Does this server run the tool?"""
        return any(one.name == tool for one in self.tools)

    async def start(self) -> None:
        """Replay the ledger, record what a crash kept from being recorded, and go on with what is wanted."""
        await self.watch.check(accept_older=self.config.accept_older_ledger)
        if self.runs("source"):
            await self.parts["git_repositories"].prepare()
        self.measuring.file_intake.sweep()
        await self.engine.start()
        self.watch.begin()
        if self.runs("delivery"):
            await self._end_what_is_not_wanted()
        if self.runs("source"):
            await self._open_repositories()
        self.sweeper.begin()

    async def _end_what_is_not_wanted(self) -> None:
        seen = self.views[Environments].services
        for ended in await sweep(self.parts["runtime"], self.parts["router"], lambda: (one.state for one in seen())):
            log.warning("ended what nothing wants any more", what=ended)

    async def _open_repositories(self) -> None:
        files = {LINE_FILE: DEFAULT_LINE}
        git = Git(home=self.config.data / "repositories" / ".home", search_path=self.config.search_path)
        repositories: BareRepositories = self.parts["git_repositories"]
        await plant(repositories, git, LINE_REPOSITORY, files, "Define the line: test, then production")
        await self.reception.reconcile()
        declared = self.views[Environments].declared
        declared.host_network = self.config.host_network
        self.views[ProtectedFiles].begin(repositories, declared.protect_nothing)

    async def welcome(self, token: str) -> Welcome | None:
        """Make the operator the first admin, or give them back a token that they lost."""
        return await bootstrap(self.keys, self.views[Accounts], os_user=self.config.operator, token=token)

    async def stop(self) -> None:
        """Stop watching; builds and services go on."""
        self.live.close()
        await self.git.close()
        await self.sweeper.stop()
        await self.views[ProtectedFiles].stop()
        await self.watch.stop()
        await self.engine.stop()
        await self.parts["egress"].stop()
        await self.parts["registries"].close()
        self.parts["registry_storage"].close()
        await self.ledger.close()


def _tell_of_deaths(attempts: Attempts, engine: Engine) -> None:
    """What is set aside stands on the board and in the ledger."""

    def tell(work: str, error: SetAside) -> None:
        engine.health.note(f'work "{work}"', error, position=engine.views.position, stands_still=False)

    attempts.tell = tell


def _limits(config: ServerConfig) -> PushLimits:
    return PushLimits(file_bytes=config.max_blob_mib * MEBIBYTE)


def _reception(
    config: ServerConfig, parts: HouseParts, engine: Engine, narrator: Narrator, views: HouseViews
) -> Reception:
    repositories: GitRepositories = parts["git_repositories"]
    return Reception(
        repositories=repositories,
        recorder=engine.desk,
        judge=PushJudge(repositories, views[Facts], _ports(config, views)),
        narrator=narrator,
        limits=_limits(config),
    )


def _git_door(config: ServerConfig, parts: HouseParts, reception: Reception, gate: KeyGate) -> GitDoor:
    return GitDoor(
        repositories=parts["git_repositories"],
        reception=reception,
        gate=gate,
        limits=_limits(config),
        reserve=config.reserve,
    )


def _narrator(engine: Engine, ledger: Ledger, views: HouseViews, config: ServerConfig, clock: Clock) -> LineNarrator:
    """What pushers are told."""

    def condition() -> Condition:
        return of_line(views[Changes], views[Environments], engine.health.faults, clock.now(), engine.health.warnings)

    return LineNarrator(engine, ledger, LineViews(facts=views[Facts], runs=views[Runs]), config.url, condition)


def _ports(config: ServerConfig, views: HouseViews) -> Ports:
    own = {config.port: "Andon itself"}
    return Ports(own, views[Environments], partial(has_listener, config.service_host))


def _access(config: ServerConfig, parts: HouseParts, views: HouseViews, clock: Clock) -> Access:
    """Who may what in the registry."""
    own = parts["registry_tokens"]
    tokens = FirstOf(LivingTokens(own, views[Accounts], clock), PeoplesTokens(views[Accounts], clock))
    return Access(url=config.url, tokens=tokens, lender=own)


def _watch(  # noqa: PLR0913, PLR0917  (what the ledger is compared with)
    config: ServerConfig,
    ledger: Ledger,
    codec: Codec,
    parts: HouseParts,
    engine: Engine,
    views: HouseViews,
    clock: Clock,
) -> LedgerWatch:
    heads = HeadFile(config.data / HEADS_FILE)
    return LedgerWatch(
        prover=LedgerProver(ledger=ledger, heads=heads, signer=parts["signer"], now=clock.now),
        kept=HighWaterFile(config.data / HIGH_WATER_FILE),
        codec=codec,
        reached=lambda: (engine.views.position, views[Facts].last_run),
        latest=views[Accounts].latest,
    )


def _parts(  # noqa: PLR0913, PLR0917  (what parts are made of)
    config: ServerConfig,
    tools: tuple[Tool, ...],
    views: HouseViews,
    masks: Masks,
    attempts: Attempts,
    clock: Clock,
) -> HouseParts:
    """Those of every tool; the keys of the registry at once, since what is logged is masked by the keys there are."""
    ending_clock = LatestTime(clock, views[Accounts])
    given = {"config": config, "masks": masks, "trying": attempts.trying, "clock": clock, "ending_clock": ending_clock}
    parts = HouseParts({**views.by_name, **given}, joined=joined(tools), settings=config)
    for key in ("registry_tokens", "signer"):
        parts[key]
    return parts


async def open_house(config: ServerConfig, clock: Clock | None = None) -> House:
    """Build it, with the machine's clock unless another is given; nothing runs yet. Errors: Invalid, PortError."""
    tools = chosen(config.tools)
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = clock or SystemClock()
    ledger = await open_ledger(config.ledger_url)
    views, masks = HouseViews(), Masks()
    attempts = Attempts(config.data / "trying")
    parts = _parts(config, tools, views, masks, attempts, clock)
    await asyncio.to_thread(teach, masks, config, parts["secret_store"], clock)
    mask_log(masks)
    performers, store, storage = parts.performers(tools), parts["secret_store"], parts["registry_storage"]
    codec = Codec(EVENTS, masks=masks)
    engine = build_engine(ledger, codec, views, performers, clock, tools=tools, slots=config.slots, mask=masks.text)
    engine.health.warnings = config.warnings
    _tell_of_deaths(attempts, engine)
    gate = KeyGate(views[Accounts], now=clock.now, https=config.is_https)
    runs_pipelines = any(tool.name == "pipelines" for tool in tools)
    narrator = _narrator(engine, ledger, views, config, clock) if runs_pipelines else WaitingNarrator()
    reception = _reception(config, parts, engine, narrator, views)
    return House(
        config=config,
        tools=tools,
        clock=clock,
        ledger=ledger,
        codec=codec,
        views=views,
        parts=parts,
        engine=engine,
        keys=Keys(desk=engine.desk, accounts=views[Accounts], randomness=OsRandomness(), now=clock.now),
        vault=Vault(desk=engine.desk, store=store, known=views[KnownSecrets], renewal=Renewal(views[Facts])),
        gate=gate,
        reception=reception,
        git=_git_door(config, parts, reception, gate),
        registry=Registry(storage, _access(config, parts, views, clock), RecordedRefusals(engine.desk)),
        live=Live(ledger, engine.views),
        measuring=build_measuring(config, engine.desk, views, parts, clock),
        sweeper=build_sweeper(config, engine.desk, views[Facts], storage, clock),
        watch=_watch(config, ledger, codec, parts, engine, views, clock),
    )
