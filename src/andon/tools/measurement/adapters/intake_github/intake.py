"""One of GitHub's deliveries, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs

from andon.kernel.errors import Invalid
from andon.standards.webhook_signature import verify_hub_signature
from andon.tools.measurement.adapters.intake_github.deployment_events import read_deployment, read_deployment_status
from andon.tools.measurement.adapters.intake_github.release_events import (
    read_code_scanning_alert,
    read_dependabot_alert,
    read_release,
    read_secret_scanning_alert,
)
from andon.tools.measurement.adapters.intake_github.run_events import read_workflow_job, read_workflow_run
from andon.tools.measurement.adapters.intake_github.source_events import read_pull_request, read_push, read_review
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.ports import Headers

#: events that are read
READERS: dict[str, Callable[[bytes, Mapping], ReadDelivery]] = {
    "code_scanning_alert": read_code_scanning_alert,
    "dependabot_alert": read_dependabot_alert,
    "deployment": read_deployment,
    "deployment_status": read_deployment_status,
    "pull_request": read_pull_request,
    "pull_request_review": read_review,
    "push": read_push,
    "release": read_release,
    "secret_scanning_alert": read_secret_scanning_alert,
    "workflow_job": read_workflow_job,
    "workflow_run": read_workflow_run,
}

#: events that are known and never hold anything to measure
NOTHING: dict[str, str] = {
    "ping": "GitHub greets: the webhook is set up.",
    "pull_request_review_comment": "the review that it belongs to is delivered separately.",
    "pull_request_review_thread": "the review that it belongs to is delivered separately.",
    "check_run": "workflow runs are read from workflow_run; checks of other tools are not read.",
    "check_suite": "workflow runs are read from workflow_run; checks of other tools are not read.",
    "status": "workflow runs are read from workflow_run; checks of other tools are not read.",
    "workflow_dispatch": "the run that it starts is delivered separately.",
    "create": "the push of the same branch or tag is delivered separately.",
    "delete": "the push of the same branch or tag is delivered separately.",
}


class GitHubIntake:
    """Reads GitHub's webhooks."""

    kind = "github"

    def verify(self, headers: Headers, body: bytes, secret: str) -> None:
        """The body's HMAC, as GitHub sends it since 2020. Errors: Forbidden."""
        verify_hub_signature(headers.get("x-hub-signature-256", ""), body, secret)

    def read(self, headers: Headers, body: bytes, names: Mapping, at: datetime) -> ReadDelivery:
        """The facts in a delivery; GitHub says itself when each happened. Errors: Invalid."""
        event, delivery = headers.get("x-github-event", "")[:60], headers.get("x-github-delivery", "")[:100]
        if not event:
            raise Invalid("The request has no X-GitHub-Event header, which names the event.")
        if event in NOTHING:
            return ReadDelivery(what=event, delivery=delivery, nothing=NOTHING[event])
        reader = READERS.get(event)
        if reader is None:
            return ReadDelivery(what=event, delivery=delivery, kept=f'"{event}" is no event that is read here.')
        return replace(reader(_json(headers, body), names), delivery=delivery)


def _json(headers: Headers, body: bytes) -> bytes:
    """The payload itself: a webhook may be set up to send it as a form."""
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return body
    try:
        return parse_qs(body, max_num_fields=10)[b"payload"][0]
    except (KeyError, ValueError):
        raise Invalid('The form has no field "payload"; choose application/json in the webhook\'s settings.') from None
