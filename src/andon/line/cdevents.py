"""Every event of the ledger as a CDEvent: of a standard type where there is one, else of a type of our own.

CDEvents 0.5.1 cannot say that a deployment waits, runs or has failed; ours are named as its proposal 319 names them
(deployment.queued, deployment.started, deployment.finished), so that they can become standard without a new meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from andon.engine.codec import type_name
from andon.kernel.envelope import Envelope
from andon.kernel.ids import stream_key
from andon.kernel.redaction import without_secrets
from andon.line.cdevents_facts import OWN, told_facts
from andon.line.cdevents_standard import STANDARD, UNKNOWN, ExportedEntry
from andon.standards.cdevents_out import Outgoing, custom_type, standard_type
from andon.standards.purl import print_oci_purl
from andon.tools.delivery.events import PromotionFailed, PromotionRequested, PromotionVerified
from andon.tools.measurement.events import FactsReceived
from andon.tools.measurement.folds.promotions import fact_of

TOOL = "andon"

#: where the name of the event's class does not read as a thing and what happened to it
NAMED: Mapping[str, tuple[str, str]] = {
    "CommandRefused": ("command", "refused"),
    "BranchPushed": ("branch", "pushed"),
    "KeptDelivery": ("delivery", "kept"),
    "LineChangeSeen": ("line", "changed"),
    "PromotionFailed": ("deployment", "finished"),
    "PromotionRequested": ("deployment", "queued"),
    "RolloutStarted": ("deployment", "started"),
    "VersionNotTagged": ("version", "untagged"),
}


@dataclass(frozen=True, slots=True)
class Exporter:
    """Turns entries into CDEvents."""

    #: address of this server: where the events come from, and where the things they name can be seen
    url: str

    def export(self, happened: Envelope[object]) -> Outgoing:
        """The event of the entry; its id is the entry's, so whoever gets it twice can see that."""
        data = _without_own(happened.event, without_secrets(msgspec.to_builtins(happened.event)))
        told = ExportedEntry(happened=happened, data=data, url=self.url)
        standard = STANDARD.get(type(happened.event))
        said = standard.say(told) if standard else None
        return Outgoing(
            id=happened.id,
            type=standard_type(said.type) if said else custom_type(TOOL, *custom_name(type(happened.event))),
            source=self.url,
            at=happened.at,
            subject=(said.subject if said else "") or happened.stream,
            content=said.content if said else self._content(happened, data),
            chain=happened.chain,
            cause=happened.cause or "",
            custom={"andon": _particulars(happened), **({"data": data} if said else {})},
        )

    def export_all(self, happened: Envelope[Any]) -> tuple[Outgoing, ...]:
        """The event of the entry, and one for each deployment and incident that another tool told in it."""
        if not isinstance(happened.event, FactsReceived):
            return (self.export(happened),)
        return (self.export(happened), *told_facts(happened, _particulars(happened), self.url, TOOL))

    def _content(self, happened: Envelope[object], data: Any) -> dict[str, Any]:
        """Of our own events: the event itself, and where to see it."""
        return {
            "uri": f"{self.url}/ledger/{happened.position}",
            "key": stream_key(happened.stream),
            **data,
            **_deployment(happened.event),
        }


def _deployment(event: object) -> dict[str, Any]:
    """Of deployments, what proposal 319 asks for: where, of what."""
    if not isinstance(event, PromotionRequested | PromotionFailed):
        return {}
    return {
        "environment": {"id": event.environment or UNKNOWN},
        "service": {"id": event.service or UNKNOWN},
        "artifactId": print_oci_purl(event.service or UNKNOWN, event.digest or UNKNOWN),
    }


def custom_name(event: type) -> tuple[str, str]:
    """What it happened to and what happened, in letters: TokenIssued is ("token", "issued")."""
    known = NAMED.get(event.__name__)
    if known:
        return known
    *thing, happened = re.findall(r"[A-Z][a-z]*", event.__name__)
    return "".join(thing).lower() or type_name(event).partition(".")[0], happened.lower()


def _particulars(happened: Envelope[object]) -> dict[str, Any]:
    """The entry's envelope, for whoever knows Andon."""
    return {
        "position": happened.position,
        "stream": happened.stream,
        "type": happened.type,
        "actor": happened.actor,
        **_fact(happened.event),
    }


def _fact(event: object) -> dict[str, str]:
    """Which fact of this server the event tells."""
    return {"fact": fact_of(event.promotion)} if isinstance(event, PromotionVerified | PromotionFailed) else {}


def _without_own(event: object, data: Any) -> Any:
    """Facts that have events of their own are not told twice."""
    return {name: told for name, told in data.items() if name not in OWN} if isinstance(event, FactsReceived) else data
