"""Keeps an instance up: starts it or finds it, waits for its health, starts it again when it dies, later and later."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from andon.engine.dispatch import Tell
from andon.kernel.errors import AndonError
from andon.tools.delivery.effects.health import LOOK_EVERY_S, either, known_spec, until_healthy, until_sick
from andon.tools.delivery.effects.slots import fetched, slot_key
from andon.tools.delivery.model.launch import environment_of, spec_of, wrong_with_listening
from andon.tools.delivery.model.reports import ReportGone, ReportReady, ReportRestarted
from andon.tools.delivery.model.wishes import KeepSlot
from andon.tools.delivery.ports import DeliveryPorts, Instance, Launch
from andon.tools.pipelines.events import ServiceSpec

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0  #: before it is started again
STABLE_S = 30.0  #: who lived so long is started again at once
LAST_LINES = 15


class Keeper:
    """Keeps one instance up for as long as it is wanted."""

    def __init__(
        self, ports: DeliveryPorts, effect: KeepSlot, tell: Tell, *, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        self._ports = ports
        self._effect = effect
        self._tell = tell
        self._look_every_s = look_every_s
        self._key = slot_key(effect.request, effect.slot)
        self._pause_s = 0.0
        self._port = effect.port
        self._starts = effect.restarts + 1 if effect.ready else 0

    async def keep(self) -> None:
        """Ends only when the first start failed, for that is a verdict."""
        instance = await self._have()
        while instance is not None:
            began = asyncio.get_running_loop().time()
            why = await self._down(instance)
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
            await self._gone(str(error))
            return None
        if wrong:
            await self._gone(wrong)
            return None
        await self._tell(ReportReady(key=self._effect.key, slot=self._effect.slot, port=instance.port))
        return instance

    async def _again(self, why: str) -> Instance:
        """Start it again until it is up."""
        while True:
            if self._pause_s:
                await self._gone(why)
                await asyncio.sleep(self._pause_s)
            self._pause_s = self._next_pause_s()
            try:
                launch, spec = await self._prepared()
                instance = await self._start(launch)
                wrong = await self._wrong_with_start(instance, spec)
                if not wrong:
                    key, slot = self._effect.key, self._effect.slot
                    await self._tell(ReportRestarted(key=key, slot=slot, restarts=instance.starts - 1, reason=why))
                    return instance
                await self._ports.runtime.stop(self._key, timedelta(0))
                why = wrong
            except AndonError as error:
                why = str(error)

    async def _gone(self, why: str) -> None:
        await self._tell(ReportGone(key=self._effect.key, slot=self._effect.slot, reason=why))

    async def _prepared(self) -> tuple[Launch, ServiceSpec]:
        request = self._effect.request
        image = await fetched(self._ports, request)
        spec = spec_of(image.labels, request)
        secrets = await self._ports.secrets.secrets_of(request.environment, request.service)
        launch = Launch(
            key=self._key,
            image=image,
            command=spec.command,
            environment=environment_of(request, spec, secrets),
            port=self._port,
            starts=self._starts,
            limits=spec.limits,
        )
        return launch, spec

    async def _start(self, launch: Launch) -> Instance:
        instance = await self._ports.runtime.start(launch)
        self._port, self._starts = instance.port, instance.starts
        return instance

    async def _wrong_with_start(self, instance: Instance, spec: ServiceSpec) -> str:
        """Wait until it is healthy; "" then, else why it is not."""
        runtime, prober = self._ports.runtime, self._ports.prober
        ended, wrong = await either(runtime.ended(instance), until_healthy(prober, spec, instance.port))
        if ended is not None:
            return await self._with_last_lines(ended)
        listening = [(one.address, one.port) for one in await runtime.listeners(instance)]
        heard = wrong_with_listening(listening, instance.port)
        if wrong:
            return await self._with_last_lines(f"{wrong}; {heard}" if heard else wrong)
        return heard

    async def _down(self, instance: Instance) -> str:
        """Wait until it ended, or does not answer any more and was stopped for that; why, in words."""
        ended, sick = await either(self._ports.runtime.ended(instance), self._sick(instance))
        if sick is None:
            return ended or "it ended"
        why, timeout = sick
        await self._ports.runtime.stop(self._key, timeout)
        return why

    async def _sick(self, instance: Instance) -> tuple[str, timedelta]:
        """Wait until it does not answer any more; why, and how long it may take to end."""
        spec = await known_spec(self._ports, self._effect.request)
        why = await until_sick(self._ports.prober, spec, instance.port, self._look_every_s)
        return why, spec.stop_timeout

    async def _with_last_lines(self, why: str) -> str:
        return "\n".join((why, *await self._ports.runtime.last_lines(self._key, LAST_LINES)))

    def _next_pause_s(self) -> float:
        return min(self._pause_s * 2, LONGEST_PAUSE_S) or FIRST_PAUSE_S
