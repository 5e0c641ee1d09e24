"""The versions of a service, on its page."""

from __future__ import annotations

from andon.tools.artifacts.views import Artifacts
from andon.web.service_sections import MOST_ROWS, AboutService, HubRow, HubSection


def section(about: AboutService, artifacts: Artifacts) -> HubSection:
    """The newest."""
    known = artifacts.versions(about.artifact)[:MOST_ROWS] if about.artifact in artifacts.names() else ()
    rows = tuple(
        HubRow(
            words=one.published.version,
            address=f"/artifacts/{about.artifact}/{one.published.version}",
            more=f"of run {one.published.run}",
            at=one.published_at,
        )
        for one in known
    )
    return HubSection(title="Versions", rows=rows, address=f"/artifacts/{about.artifact}")
