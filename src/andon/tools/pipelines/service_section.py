"""The runs of a service, on its page."""

from __future__ import annotations

from andon.tools.pipelines.views import Runs
from andon.web.service_sections import MOST_ROWS, AboutService, HubRow, HubSection


def section(about: AboutService, runs: Runs) -> HubSection:
    """The newest of its repository."""
    rows = tuple(
        HubRow(
            words=f"run {run.number}",
            address=f"/runs/{run.number}",
            state=run.shown_lamp,
            more=f"{run.subject}, on {run.branch}",
            at=run.queued_at,
        )
        for run in runs.newest(MOST_ROWS, about.repository)
    )
    return HubSection(title="Runs", rows=rows, address=f"/runs?repository={about.repository}")
