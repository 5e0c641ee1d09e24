"""Deployments and what became of them."""

from __future__ import annotations

import msgspec

from andon.kernel.errors import Invalid
from andon.kernel.ids import CommitId, ServiceName
from andon.standards.instants import in_utc
from andon.standards.json_body import decode
from andon.tools.measurement.adapters.intake_github.payloads import (
    DeploymentPart,
    DeploymentStatusEvent,
    GitHubDeploymentEvent,
    GitHubPart,
    parse,
)
from andon.tools.measurement.adapters.intake_github.source_events import head_of
from andon.tools.measurement.model.facts import Deployment, FactId, Outcome, Place, PromotionOffer
from andon.tools.measurement.model.intake.mapping import Mapping, plain_name
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import commit_in, first_line, web_address

ENDED: dict[str, Outcome] = {"success": "success", "failure": "failure", "error": "error"}


class DeploymentOptions(GitHubPart):
    """What the maker of a deployment may say in its payload under "andon"."""

    #: where one repository holds several
    service: str = ""
    #: ids of the deployments and incidents that this deployment mends
    mends: tuple[str, ...] = ()
    rollback: bool = False


class DeploymentPayload(GitHubPart):
    andon: DeploymentOptions = msgspec.field(default_factory=DeploymentOptions)


_DEPLOYMENT = msgspec.json.Decoder(GitHubDeploymentEvent)
_STATUS = msgspec.json.Decoder(DeploymentStatusEvent)
_PAYLOAD = msgspec.json.Decoder(DeploymentPayload)


def read_deployment(body: bytes, names: Mapping) -> ReadDelivery:
    """A deployment begins: nothing is counted yet, but its commit can be walked from."""
    event = parse(_DEPLOYMENT, body)
    commit = _commit(event.deployment)
    return ReadDelivery(what="deployment", heads=(head_of(event.repository, commit, names),))


def read_deployment_status(body: bytes, names: Mapping) -> ReadDelivery:
    """A deployment has ended, waits for a person, or goes on.

    It ended when that status was made: the deployment's own updated_at moves with every later status.
    """
    event = parse(_STATUS, body)
    state = event.deployment_status.state
    what = f"deployment_status {state}"[:60]
    if state == "waiting":
        return ReadDelivery(what=what, facts=(_offer(event, names),))
    if state not in ENDED:
        gone = "another deployment took its place." if state == "inactive" else "it has not ended yet."
        return ReadDelivery(what=what, nothing=gone)
    deployment = _ended(event, names)
    return ReadDelivery(what=what, facts=(deployment,), heads=(head_of(event.repository, deployment.commit, names),))


def _ended(event: DeploymentStatusEvent, names: Mapping) -> Deployment:
    status, made = event.deployment_status, event.deployment
    declared, commit = _declared(made), _commit(made)
    outcome = ENDED[status.state]
    at = in_utc(status.created_at)
    return Deployment(
        id=names.fact("deployment", made.id),
        place=_place(event, names),
        repository=names.repository(event.repository.full_name),
        commit=commit,
        digest=commit,
        version="" if made.ref == event.repository.default_branch or commit_in(made.ref) else first_line(made.ref),
        started_at=in_utc(made.created_at),
        finished_at=at,
        outcome=outcome,
        reason="" if outcome == "success" else first_line(status.description),
        mends=tuple(FactId(first_line(mended)) for mended in declared.mends),
        rollback=declared.rollback or "rollback" in made.task.lower(),
        by=first_line(made.creator.login) if made.creator else "",
        link=web_address(status.log_url) or web_address(status.target_url),
        told_at=at,
    )


def _offer(event: DeploymentStatusEvent, names: Mapping) -> PromotionOffer:
    return PromotionOffer(
        id=names.fact("offer", event.deployment.id),
        place=_place(event, names),
        digest=_commit(event.deployment),
        at=in_utc(event.deployment_status.created_at),
    )


def _place(event: DeploymentStatusEvent, names: Mapping) -> Place:
    environment = event.deployment_status.environment or event.deployment.environment
    declared = plain_name(_declared(event.deployment).service)
    service = ServiceName(declared) if declared else names.service(event.repository.full_name)
    return Place(service=service, environment=names.environment(environment))


def _declared(deployment: DeploymentPart) -> DeploymentOptions:
    """A payload is its maker's own affair: one of another shape declares nothing."""
    try:
        return decode(_PAYLOAD, deployment.payload, "payload").andon
    except Invalid:
        return DeploymentOptions()


def _commit(deployment: DeploymentPart) -> CommitId:
    commit = commit_in(deployment.sha)
    if commit is None:
        raise Invalid(f'the payload: deployment.sha: expected 40 hexadecimal digits, found "{deployment.sha[:60]}".')
    return commit
