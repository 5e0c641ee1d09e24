"""How a service in an environment is put into words: its lamp, its sentence, its slots, its steps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from andon.kernel.ids import EnvironmentName
from andon.tools.delivery.events import PromotionFailed
from andon.tools.delivery.model.promotion import Verified
from andon.tools.delivery.model.slots import SLOTS, Phase, Slot, Standing
from andon.tools.delivery.views import ServiceSeen
from andon.web.words import plural

Colour = Literal["green", "amber", "red", "grey"]

#: phase -> what is done in it, as a person says it
PHASES: dict[Phase, str] = {
    "start": "starting",
    "smoke": "smoke checks",
    "traffic": "traffic moves over",
    "drain": "the old one finishes its requests",
    "stop": "the old one is stopped",
}

ROLES = {
    "starting": "is starting",
    "smoking": "is being smoke-checked; no outside request reaches it",
    "rising": "gets the traffic",
    "live": "serves",
    "draining": "finishes its requests",
    "leaving": "gives its traffic back",
    "stopping": "is being stopped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotShown:
    """One of the two slots."""

    slot: Slot
    #: None when nothing stands in it
    standing: Standing | None
    weight_percent: int
    words: str
    #: a sign of web/parts.html
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a promotion in progress."""

    words: str
    #: a sign of web/parts.html
    sign: str


def lamp(seen: ServiceSeen) -> Colour:
    """Red when what should serve does not, amber while something moves or the last promotion failed."""
    state = seen.state
    verified = state.verified
    if (verified and verified.lost) or state.route_trouble:
        return "red"
    if state.current or state.queued:
        return "amber"
    if verified is None:
        return "grey"
    return "amber" if seen.last and isinstance(seen.last.verdict, PromotionFailed) else "green"


def sentence(seen: ServiceSeen) -> str:
    """How the service stands, in one sentence or two."""
    serves = _serves(seen)
    state, last = seen.state, seen.last
    if state.new and state.phase:
        moving = f"{seen.service} {state.new.request.version} is on its way into {seen.environment}: "
        return f"{moving}{PHASES[state.phase]}."
    if state.queued:
        return f"{seen.service} {state.queued.version} waits its turn into {seen.environment}. {serves}"
    if last and isinstance(last.verdict, PromotionFailed):
        return f"{last.verdict.version} did not take over in {seen.environment}. {serves}"
    return serves


def _serves(seen: ServiceSeen) -> str:
    verified = seen.state.verified
    if verified is None:
        return f"Nothing of {seen.service} serves {seen.environment} yet."
    if verified.lost:
        return f"{seen.service} {verified.request.version} is gone from {seen.environment} and is being started again."
    return f"{seen.service} {verified.request.version} serves {seen.environment}."


def environment_sentence(name: EnvironmentName, services: Sequence[ServiceSeen]) -> str:
    """How many services serve in an environment."""
    serving = sum(seen.state.verified is not None for seen in services)
    if not serving:
        return f"Nothing serves {name} yet."
    verb = "serves" if serving == 1 else "serve"
    return f"{plural(serving, 'service')} {verb} {name}."


def slots(seen: ServiceSeen) -> tuple[SlotShown, ...]:
    """Both slots, always in the same order."""
    return tuple(_slot(seen, slot) for slot in SLOTS)


def _slot(seen: ServiceSeen, slot: Slot) -> SlotShown:
    here = seen.state.standing(slot)
    if here is None:
        return SlotShown(slot=slot, standing=None, weight_percent=0, words="is empty", sign="none")
    words = here.lost or ROLES[here.role]
    sign = "error" if here.lost else "success" if here.role == "live" else "running"
    return SlotShown(slot=slot, standing=here, weight_percent=seen.weight_percent(slot), words=words, sign=sign)


def steps(seen: ServiceSeen) -> tuple[Step, ...]:
    """The steps of the promotion in progress; none when there is none."""
    at = seen.state.phase
    if at is None:
        return ()
    order = list(PHASES)
    reached = order.index(at)
    signs = {-1: "success", 0: "running", 1: "queued"}
    return tuple(
        Step(words=words, sign=signs[(number > reached) - (number < reached)])
        for number, words in enumerate(PHASES.values())
    )


def earlier(seen: ServiceSeen) -> tuple[Verified, ...]:
    """What was verified here and can be gone back to, the newest first, each digest once; not what serves now."""
    verified = seen.state.verified
    found = {known.digest: known for known in seen.state.history}
    if verified:
        found.pop(verified.request.digest, None)
    return tuple(reversed(found.values()))
