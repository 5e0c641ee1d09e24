"""Keeps an instance up: starts it or finds it, waits for its health, starts it again when it dies, later and later."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from andon.engine.dispatch import Tell
from andon.kernel.errors import AndonError
from andon.tools.delivery.effects.slots import slot_key
from andon.tools.delivery.model.launch import environment_of, spec_of, wrong_with_listening
from andon.tools.delivery.model.reports import ReportGone, ReportReady, ReportRestarted
from andon.tools.delivery.model.wishes import KeepSlot
from andon.tools.delivery.ports import DeliveryPorts, Instance, Launch
from andon.tools.pipelines.events import ServiceSpec

ANSWER_WITHIN = timedelta(seconds=5)
FIRST_LOOK_S, LONGEST_LOOK_S = 0.02, 0.5  #: between two questions for its health
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0  #: before it is started again
STABLE_S = 30.0  #: who lived so long is started again at once
LAST_LINES = 15


class Keeper:
    """Keeps one instance up for as long as it is wanted."""

    def __init__(self, ports: DeliveryPorts, effect: KeepSlot, tell: Tell) -> None:
        self._ports = ports
        self._effect = effect
        self._tell = tell
        self._key = slot_key(effect.request, effect.slot)
        self._pause_s = 0.0
        self._port = effect.port
        self._starts = effect.restarts + 1 if effect.ready else 0

    async def keep(self) -> None:
        """Ends only when the first start failed, for that is a verdict."""
        instance = await self._have()
        while instance is not None:
            began = asyncio.get_running_loop().time()
            why = await self._ports.runtime.ended(instance)
            lived_s = asyncio.get_running_loop().time() - began
            self._pause_s = 0.0 if lived_s > STABLE_S else self._next_pause_s()
            instance = await self._again(await self._with_last_lines(why))

    async def _have(self) -> Instance | None:
        found = await self._ports.runtime.adopt(self._key)
        if found:
            self._port, self._starts = found.port, found.starts
        if not self._effect.ready:
            return await self._first(found)
        return found or await self._again("it was gone when the server came back")

    async def _first(self, found: Instance | None) -> Instance | None:
        """The first start: whether it becomes healthy decides the promotion."""
        request = self._effect.request
        try:
            await self._ports.provenance.verify(request.artifact, request.digest)
            launch, spec = await self._prepared()
            instance = found or await self._start(launch)
            wrong = await self._wrong_with_start(instance, spec)
        except AndonError as error:
            await self._tell(ReportGone(key=self._effect.key, slot=self._effect.slot, reason=str(error)))
            return None
        if wrong:
            await self._tell(ReportGone(key=self._effect.key, slot=self._effect.slot, reason=wrong))
            return None
        await self._tell(ReportReady(key=self._effect.key, slot=self._effect.slot, port=instance.port))
        return instance

    async def _again(self, why: str) -> Instance:
        """Start it again until it is up."""
        while True:
            if self._pause_s:
                await self._tell(ReportGone(key=self._effect.key, slot=self._effect.slot, reason=why))
                await asyncio.sleep(self._pause_s)
            self._pause_s = self._next_pause_s()
            try:
                launch, spec = await self._prepared()
                instance = await self._start(launch)
                wrong = await self._wrong_with_start(instance, spec)
                if not wrong:
                    await self._restarted(instance, why)
                    return instance
                await self._ports.runtime.stop(self._key, timedelta(0))
                why = wrong
            except AndonError as error:
                why = str(error)

    async def _start(self, launch: Launch) -> Instance:
        instance = await self._ports.runtime.start(launch)
        self._port, self._starts = instance.port, instance.starts
        return instance

    async def _restarted(self, instance: Instance, why: str) -> None:
        report = ReportRestarted(key=self._effect.key, slot=self._effect.slot, restarts=instance.starts - 1, reason=why)
        await self._tell(report)

    async def _prepared(self) -> tuple[Launch, ServiceSpec]:
        request = self._effect.request
        image = await self._ports.images.fetch(request.artifact, request.digest)
        spec = spec_of(image.labels, request)
        secrets = await self._ports.secrets.secrets_of(request.environment, request.service)
        environment = environment_of(request, spec, secrets)
        return Launch(
            key=self._key,
            image=image,
            command=spec.command,
            environment=environment,
            port=self._port,
            starts=self._starts,
        ), spec

    async def _wrong_with_start(self, instance: Instance, spec: ServiceSpec) -> str:
        """Wait until it is healthy; "" then, else why it is not."""
        ended = asyncio.ensure_future(self._ports.runtime.ended(instance))
        healthy = asyncio.ensure_future(self._healthy(instance, spec))
        try:
            await asyncio.wait((ended, healthy), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (ended, healthy):
                waiting.cancel()
            await asyncio.gather(ended, healthy, return_exceptions=True)
        if not ended.cancelled():
            return await self._with_last_lines(ended.result())
        wrong = healthy.result()
        listening = [(one.address, one.port) for one in await self._ports.runtime.listeners(instance)]
        heard = wrong_with_listening(listening, instance.port)
        if wrong:
            return await self._with_last_lines(f"{wrong}; {heard}" if heard else wrong)
        return heard

    async def _healthy(self, instance: Instance, spec: ServiceSpec) -> str:
        """Ask until the answer is good or the time is over."""
        deadline = asyncio.get_running_loop().time() + spec.start_timeout.total_seconds()
        pause_s = FIRST_LOOK_S
        while True:
            wrong = await self._ports.prober.ask(spec.health, instance.port, ANSWER_WITHIN)
            if not wrong:
                return ""
            if asyncio.get_running_loop().time() + pause_s > deadline:
                return f"not healthy within {spec.start_timeout.total_seconds():g} s: {wrong}"
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.5, LONGEST_LOOK_S)

    async def _with_last_lines(self, why: str) -> str:
        lines = await self._ports.runtime.last_lines(self._key, LAST_LINES)
        return "\n".join((why, *lines))

    def _next_pause_s(self) -> float:
        return min(self._pause_s * 2, LONGEST_PAUSE_S) or FIRST_PAUSE_S
