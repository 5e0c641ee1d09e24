"""One of GitLab's deliveries, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec

from andon.kernel.errors import Invalid
from andon.standards.instants import parse_instant
from andon.standards.webhook_signature import verify_standard_webhook, verify_token
from andon.tools.measurement.adapters.intake_gitlab.delivery_events import read_deployment, read_pipeline, read_release
from andon.tools.measurement.adapters.intake_gitlab.other_events import read_flag, read_vulnerability, read_work_item
from andon.tools.measurement.adapters.intake_gitlab.payloads import GitLabDelivery, GitLabEventKind, parse
from andon.tools.measurement.adapters.intake_gitlab.source_events import (
    read_merge_request,
    read_note,
    read_push,
    read_tag_push,
)
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.ports import Headers

_KIND = msgspec.json.Decoder(GitLabEventKind)

#: events that are read, by what their header says
READERS: dict[str, Callable[[GitLabDelivery], ReadDelivery]] = {
    "Deployment Hook": read_deployment,
    "Feature Flag Hook": read_flag,
    "Issue Hook": read_work_item,
    "Confidential Issue Hook": read_work_item,
    "Merge Request Hook": read_merge_request,
    "Note Hook": read_note,
    "Pipeline Hook": read_pipeline,
    "Push Hook": read_push,
    "Release Hook": read_release,
    "Tag Push Hook": read_tag_push,
    "Vulnerability Hook": read_vulnerability,
    "Work Item Hook": read_work_item,
}

#: a hook of the whole server says "System Hook", and what it is about only inside
SYSTEM_HOOK = "System Hook"
SYSTEM_KINDS = {"push": "Push Hook", "tag_push": "Tag Push Hook", "merge_request": "Merge Request Hook"}

#: events that are known and never hold anything to measure
NOTHING = {"Job Hook": "jobs are read from the pipeline event."}


class GitLabIntake:
    """Reads GitLab's webhooks."""

    kind = "gitlab"

    def verify(self, headers: Headers, body: bytes, secret: str) -> None:
        """The signature where GitLab makes one, else the secret token. Errors: Forbidden."""
        signature = headers.get("webhook-signature", "")
        if signature:
            message, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
            return verify_standard_webhook(message, sent_at, signature, body, secret)
        return verify_token(headers.get("x-gitlab-token", ""), "X-Gitlab-Token", secret)

    def read(self, headers: Headers, body: bytes, names: Mapping, at: datetime) -> ReadDelivery:
        """The facts in a delivery. Errors: Invalid."""
        event = headers.get("x-gitlab-event", "")[:60]
        if not event:
            raise Invalid("The request has no X-Gitlab-Event header, which names the event.")
        if event == SYSTEM_HOOK:
            event = SYSTEM_KINDS.get(parse(_KIND, body).object_kind, event)
        sent_at = headers.get("webhook-timestamp", "")
        delivery = GitLabDelivery(body=body, names=names, at=parse_instant(sent_at) if sent_at else at, id=_id(headers))
        return replace(_read(event, delivery), delivery=delivery.id)


def _read(event: str, delivery: GitLabDelivery) -> ReadDelivery:
    if event in NOTHING:
        return ReadDelivery(what=event, nothing=NOTHING[event])
    reader = READERS.get(event)
    return reader(delivery) if reader else ReadDelivery(what=event, kept=f'"{event}" is no event that is read here.')


def _id(headers: Headers) -> str:
    """The id that stays the same when GitLab sends again; older versions have another for each event."""
    return (headers.get("idempotency-key") or headers.get("webhook-id") or headers.get("x-gitlab-event-uuid", ""))[:100]
