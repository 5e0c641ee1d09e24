"""Where the numbers of a service are, on its page."""

from __future__ import annotations

from andon.tools.measurement.views import Measured
from andon.web.service_sections import AboutService, HubRow, HubSection


def section(about: AboutService, measured: Measured) -> HubSection:
    """Those of each environment that it was deployed to."""
    places = [place for place in measured.history.places() if place.service == about.service]
    rows = tuple(
        HubRow(
            words=f"delivery into {place.environment}",
            address=f"/numbers?service={place.service}&environment={place.environment}",
        )
        for place in places
    )
    return HubSection(title="Numbers", rows=rows, address=f"/numbers?service={about.service}")
