"""The names of a service's secrets, on its page."""

from __future__ import annotations

from andon.tools.infra.views import KnownSecrets
from andon.web.service_sections import AboutService, HubRow, HubSection


def section(about: AboutService, secrets: KnownSecrets) -> HubSection | None:
    """For who may see them."""
    if not about.who.may("promote"):
        return None
    rows = tuple(
        HubRow(words=one.name, address="/secrets", more=f"in {one.environment}, set by {one.set_by}", at=one.set_at)
        for one in secrets.of(service=about.service)
    )
    return HubSection(title="Secrets", rows=rows, address="/secrets")
