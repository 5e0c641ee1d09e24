"""What any axis of time can carry: deployments as ticks, flips as diamonds, incidents as hatched bands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentMark:
    """A tick."""

    at: datetime
    #: "2.15", "release_451"
    name: str
    #: it made things worse: drawn longer, with a cross
    failed: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipMark:
    """A diamond: a flag was changed."""

    at: datetime
    #: "new-checkout on for 25 %"
    name: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMark:
    """A band from detection to resolution."""

    begin: datetime
    #: None: it is still open, and the band runs to the edge
    end: datetime | None
    #: "INC-12"
    name: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """All that happened in the time of a picture."""

    deployments: tuple[DeploymentMark, ...] = ()
    flips: tuple[FlipMark, ...] = ()
    incidents: tuple[IncidentMark, ...] = ()

    def instants(self) -> tuple[datetime, ...]:
        """Every instant that is named."""
        ends = tuple(incident.end for incident in self.incidents if incident.end)
        begins = tuple(incident.begin for incident in self.incidents)
        return (*(d.at for d in self.deployments), *(f.at for f in self.flips), *begins, *ends)


#: nothing is drawn over the line
NOTHING = Happenings()
