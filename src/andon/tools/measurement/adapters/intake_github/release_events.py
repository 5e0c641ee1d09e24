"""Releases, and what scanners found."""

from __future__ import annotations

import msgspec

from andon.kernel.ids import CommitId
from andon.standards.instants import in_utc
from andon.tools.measurement.adapters.intake_github.payloads import (
    AlertEvent,
    GitHubAlert,
    GitHubReleaseEvent,
    known,
    parse,
    utc,
)
from andon.tools.measurement.adapters.intake_github.source_events import head_of
from andon.tools.measurement.model.facts import Publication, SecurityFinding
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import commit_in, first_line, web_address

_RELEASE = msgspec.json.Decoder(GitHubReleaseEvent)
_ALERT = msgspec.json.Decoder(AlertEvent)


def read_release(body: bytes, names: Mapping) -> ReadDelivery:
    """A release is a publication. Its commit is known only where it was made from one and not from a branch."""
    event = parse(_RELEASE, body)
    release, theirs = event.release, event.repository.full_name
    what = f"release {event.action}"[:60]
    if event.action != "published":
        return ReadDelivery(what=what, nothing="a release counts once, when it is published.")
    commit = commit_in(release.target_commitish)
    publication = Publication(
        id=names.fact("release", theirs, release.id),
        service=names.service(theirs),
        repository=names.repository(theirs),
        commit=commit or CommitId(""),
        digest=commit or first_line(release.tag_name),
        version=first_line(release.tag_name),
        at=known(release.published_at, "release.published_at"),
        provenance=False,
        link=web_address(release.html_url),
    )
    heads = (head_of(event.repository, commit, names),) if commit else ()
    return ReadDelivery(what=what, facts=(publication,), heads=heads)


def read_dependabot_alert(body: bytes, names: Mapping) -> ReadDelivery:
    """A weakness in something that the repository uses."""
    return _finding("dependabot_alert", body, names)


def read_code_scanning_alert(body: bytes, names: Mapping) -> ReadDelivery:
    """A weakness in the repository's own code."""
    return _finding("code_scanning_alert", body, names)


def read_secret_scanning_alert(body: bytes, names: Mapping) -> ReadDelivery:
    """A secret that stands in the repository."""
    return _finding("secret_scanning_alert", body, names)


def _finding(kind: str, body: bytes, names: Mapping) -> ReadDelivery:
    event = parse(_ALERT, body)
    alert, theirs = event.alert, event.repository.full_name
    title, severity = _told(alert)
    finding = SecurityFinding(
        id=names.fact(kind, theirs, alert.number),
        repository=names.repository(theirs),
        title=first_line(title),
        severity=first_line(severity),
        opened_at=in_utc(alert.created_at),
        fixed_at=utc(alert.fixed_at) or utc(alert.resolved_at),
        dismissed_at=utc(alert.dismissed_at) or utc(alert.auto_dismissed_at),
        link=web_address(alert.html_url),
        # where GitHub does not say when it spoke, the last step that it names is the best that is known
        told_at=max(
            in_utc(at)
            for at in (alert.updated_at, alert.fixed_at, alert.dismissed_at, alert.resolved_at, alert.created_at)
            if at is not None
        ),
    )
    return ReadDelivery(what=f"{kind} {event.action}"[:60], facts=(finding,))


def _told(alert: GitHubAlert) -> tuple[str, str]:
    """What was found, and how bad it is."""
    if alert.security_advisory is not None:
        return alert.security_advisory.summary, alert.security_advisory.severity
    if alert.rule is not None:
        return alert.rule.description, alert.rule.security_severity_level or alert.rule.severity or ""
    return f"a secret: {alert.secret_type_display_name or 'of unknown type'}", "high"
