"""How a service in an environment is put into words: its slots, its steps, what it can go back to. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from andon.tools.delivery.condition import PHASES
from andon.tools.delivery.model.promotion import Verified
from andon.tools.delivery.model.slots import SLOTS, Slot, Standing
from andon.tools.delivery.views import ServiceSeen

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
