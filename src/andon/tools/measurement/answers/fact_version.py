"""How things stand with a service: as long as this is the same, so is every answer about it."""

from __future__ import annotations

from collections.abc import Hashable

from andon.kernel.ids import ServiceName
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Flip,
    Incident,
    PromotionOffer,
    Publication,
    RuleRefusal,
    Run,
    SecurityFinding,
)
from andon.tools.measurement.model.history import History

#: what the answers about the work rest on, beside deployments
WORK = (Commit, Change, Run, Publication, PromotionOffer, Incident)
#: by kind of answer; what is not here is about the work
RESTS_ON: dict[str, tuple[type, ...]] = {
    "overlay": (Incident, Flip),
    "wall": (Commit, Change, Publication, Incident, SecurityFinding, RuleRefusal),
}


def fact_version(history: History, service: ServiceName, kinds: tuple[type, ...] = WORK) -> Hashable:
    """Changes with every deployment of the service and every fact of these kinds about it or its repositories.

    Of others only what bears on it all the same: the deployments that an incident of the service names as its cause.
    """
    if Incident not in kinds:
        return history.state(service, *kinds)
    incidents = history.facts(Incident, service)
    causes = tuple(history.deployment(fact) for incident in incidents for fact in incident.caused_by)
    return (*history.state(service, *kinds), causes)
