"""The changes of a service and how far each has come, on its page."""

from __future__ import annotations

from andon.kernel.ids import short
from andon.line.change import Change
from andon.line.changes import Changes
from andon.web.service_sections import MOST_ROWS, AboutService, HubRow, HubSection


def section(about: AboutService, changes: Changes) -> HubSection:
    """The newest of its repository."""
    rows = tuple(
        HubRow(
            words=f"{short(change.commit)} {change.subject}",
            address=f"/changes/{change.repository}/{change.commit}",
            state=_state(change),
            more=_where(changes, change),
            at=change.landed_at,
        )
        for change in changes.of(about.repository)[:MOST_ROWS]
    )
    return HubSection(title="Changes", rows=rows, address=f"/repositories/{about.repository}")


def _state(change: Change) -> str:
    """How its run ended, or what became of it where it failed."""
    if any(stay.phase in {"failed", "rolled back"} for stay in change.stays.values()):
        return "failure"
    if change.is_in_flight:
        return "running"
    return change.run.outcome or "none" if change.run else "none"


def _where(changes: Changes, change: Change) -> str:
    places = changes.lives_in(change)
    return f"by {change.author}" + (f", serves in {', '.join(places)}" if places else "")
