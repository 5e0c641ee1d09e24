"""What GitLab's webhooks come to; the shapes are those of its documentation, the values our own."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TypeVar

import pytest

from andon.kernel.errors import Forbidden, Invalid
from andon.kernel.ids import EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.adapters.intake_gitlab import GitLabIntake
from andon.tools.measurement.model.facts import (
    Change,
    Deployment,
    Flip,
    Incident,
    Place,
    PromotionOffer,
    Publication,
    Run,
    SecurityFinding,
)
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.intake.mapping import Mapping, NamedEnvironment
from andon.tools.measurement.model.intake.read_delivery import CommitsHead, ReadDelivery

from .payloads_gitlab import (
    ADA,
    COMMIT,
    GRACE,
    NOW,
    OTHER,
    PROJECT,
    ZEROS,
    deployment,
    merge_request,
    pipeline,
    push,
    read,
    work_item,
)

F = TypeVar("F")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PRODUCTION = EnvironmentName("production")
SHOP = Place(service=ServiceName("shop"), environment=PRODUCTION)
HEAD = CommitsHead(repository=RepositoryName("shop"), clone_url="https://lab.example/acme/web/shop.git", commit=COMMIT)


def only(kind: type[F], received: ReadDelivery) -> F:
    """Its one fact."""
    (fact,) = received.facts
    assert isinstance(fact, kind)
    return fact


def test_a_push_to_the_trunk_says_where_to_walk() -> None:
    """Its list holds 20 of 31 commits, so none of it is taken."""
    received = read("Push Hook", push())
    assert (received.facts, received.heads, received.delivery) == ((), (HEAD,), "k-1")


@pytest.mark.parametrize(
    ("event", "payload", "said"),
    [
        ("Push Hook", push(after=ZEROS, checkout_sha=None), "refs/heads/main was deleted."),
        ("Push Hook", push(ref="refs/heads/round"), "round is not the trunk"),
        ("Tag Push Hook", push(ref="refs/tags/v1", after=ZEROS, checkout_sha=None), "refs/tags/v1 was deleted."),
        ("Tag Push Hook", push(ref="refs/tags/v1"), "the tag v1 is no deployment"),
        ("Job Hook", {}, "jobs are read from the pipeline event."),
        ("Deployment Hook", deployment("running"), "it has not ended yet."),
        ("Pipeline Hook", pipeline("skipped"), "the pipeline was skipped."),
        ("Merge Request Hook", merge_request("open", "09:00", target_branch="next"), "it goes into next"),
        ("Merge Request Hook", merge_request("update", "12:00", state="merged"), "it is merged already"),
        ("Issue Hook", work_item("open", "10:00", kind="Issue"), "it is no incident."),
        ("Issue Hook", work_item("relabel", "12:00"), "it is closed already; that was reported before."),
    ],
)
def test_what_holds_nothing_says_why(event: str, payload: object, said: str) -> None:
    """Understood, and not kept."""
    received = read(event, payload)
    assert (received.facts, received.heads, received.kept) == ((), (), "")
    assert said in received.nothing


def test_a_tag_may_be_a_deployment() -> None:
    """Where the connection says so; GitLab gives no time, so it happened when it came."""
    names = Mapping(source="lab", tags=(NamedEnvironment(pattern="v*", environment=PRODUCTION),))
    deployed = only(Deployment, read("Tag Push Hook", push(ref="refs/tags/v1", after=OTHER), names))
    assert (deployed.place, deployed.commit, deployed.version, deployed.finished_at) == (SHOP, COMMIT, "v1", NOW)


@pytest.mark.parametrize(("status", "outcome"), [("success", "success"), ("failed", "failure"), ("canceled", "cancel")])
def test_a_deployment_that_ended(status: str, outcome: str) -> None:
    """The whole commit stands only in an address; the time has a zone of its own spelling."""
    received = read("Deployment Hook", deployment(status))
    deployed = only(Deployment, received)
    assert (deployed.id, deployed.place, deployed.commit) == ("lab/deployment/15", SHOP, COMMIT)
    assert (deployed.finished_at, deployed.outcome, deployed.by) == (NOON, outcome, "ada")
    assert received.heads == (HEAD,)


def test_waiting_for_a_person_is_an_offer() -> None:
    """A protected environment blocks a deployment until it is approved."""
    offer = only(PromotionOffer, read("Deployment Hook", deployment("blocked")))
    assert (offer.place, offer.digest, offer.at) == (SHOP, COMMIT, NOON)


def test_a_merge_request_from_opening_to_landing() -> None:
    """In any order; reviews are approvals and comments by others."""
    comment = merge_request("update", "09:20")["object_attributes"]
    note = {"noteable_type": "MergeRequest", "author_id": 2, "created_at": "2026-03-01 09:20:00 UTC", "system": False}
    told = [
        read("Merge Request Hook", merge_request("open", "09:00")),
        read("Note Hook", {"object_attributes": note, "project": PROJECT, "merge_request": comment}),
        read("Merge Request Hook", merge_request("approved", "10:00", GRACE)),
        read("Merge Request Hook", merge_request("merge", "11:00", GRACE, merge_commit_sha=OTHER)),
    ]
    for order in permutations(told):
        (change,) = History(fact for received in order for fact in received.facts).facts(Change)
        assert (change.id, change.title, change.author) == ("lab/merge-request/acme/web/shop/7", "Round totals", "ada")
        assert change.opened_at == NOON - timedelta(hours=3)
        assert change.first_review_at == NOON - timedelta(hours=2, minutes=40)
        assert (change.merged_at, change.merged_by) == (NOON - timedelta(hours=1), "grace")
        assert (change.head, change.merge_commit) == (COMMIT, OTHER)
    assert [head.commit for received in told for head in received.heads] == [OTHER]


def test_labels_are_put_on_and_taken_off() -> None:
    """Each by the delivery that changed it, in any order, and what it was opened with; the same again is the same."""
    doing, ready = {"title": "doing"}, {"title": "ready"}
    taken = {"labels": {"previous": [ready, doing], "current": [ready]}}
    again = {"labels": {"previous": [ready], "current": [ready, doing]}}
    told = [
        {**merge_request("open", "09:00"), "labels": [ready, doing]},
        {**merge_request("update", "10:00"), "labels": [ready], "changes": taken},
        {**merge_request("update", "12:00"), "labels": [ready, doing], "changes": again},
        {**merge_request("update", "12:00"), "labels": [ready, doing], "changes": again},
        {**merge_request("update", "13:00"), "labels": [ready, doing], "changes": {}},
    ]
    for order in (told, told[::-1]):
        facts = (fact for payload in order for fact in read("Merge Request Hook", payload).facts)
        (change,) = History(facts).facts(Change)
        found = [((one.at - NOON) // timedelta(hours=1), one.label, one.on) for one in change.labels]
        assert found == [(-3, "doing", True), (-3, "ready", True), (-2, "doing", False), (0, "doing", True)]


def test_the_authors_own_comment_is_no_review() -> None:
    """Nor is what GitLab itself notes."""
    comment = merge_request("update", "09:20")["object_attributes"]
    for note in ({"author_id": 1}, {"author_id": 2, "system": True}):
        told = {"noteable_type": "MergeRequest", "created_at": "2026-03-01 09:20:00 UTC", **note}
        received = read("Note Hook", {"object_attributes": told, "project": PROJECT, "merge_request": comment})
        assert received.nothing
    own = only(Change, read("Merge Request Hook", merge_request("approved", "10:00", ADA)))
    assert own.first_review_at is None


def test_a_merge_request_that_was_closed_is_abandoned_until_it_is_opened_again() -> None:
    """The newer telling counts."""
    closed = read("Merge Request Hook", merge_request("close", "10:00")).facts
    opened = read("Merge Request Hook", merge_request("reopen", "11:00")).facts
    for facts in ((*closed, *opened), (*opened, *closed)):
        (change,) = History(facts).facts(Change)
        assert change.abandoned_at is None
    (change,) = History(closed).facts(Change)
    assert change.abandoned_at == NOON - timedelta(hours=2)


def test_a_pipeline_with_its_jobs() -> None:
    """Jobs that did not run are no tasks; how long one waited is counted back from its beginning."""
    run = only(Run, read("Pipeline Hook", pipeline("failed")))
    ten = NOON - timedelta(hours=2)
    assert (run.id, run.commit, run.pipeline, run.trunk) == ("lab/pipeline/31", COMMIT, "tests", True)
    assert (run.queued_at, run.started_at) == (ten, ten + timedelta(seconds=30))
    assert (run.finished_at, run.outcome) == (ten + timedelta(minutes=4), "failure")
    assert [(task.name, task.outcome) for task in run.tasks] == [("unit", "failure"), ("lint", "success")]
    assert run.tasks[0].ready_at == ten + timedelta(seconds=39.5)


@pytest.mark.parametrize("changed", [{"ref": "round"}, {"tag": True}, {"source": "merge_request_event"}])
def test_pipelines_of_proposals_are_not_of_the_trunk(changed: dict[str, object]) -> None:
    """Whatever else they are."""
    assert not only(Run, read("Pipeline Hook", pipeline(**changed))).trunk  # type: ignore[arg-type]  # no status


def test_a_late_running_does_not_undo_the_end() -> None:
    """A pipeline that has ended stays so."""
    ended = read("Pipeline Hook", pipeline()).facts
    running = read("Pipeline Hook", pipeline("running", finished_at=None)).facts
    (run,) = History((*ended, *running)).facts(Run)
    assert run.outcome == "success"


def test_a_release_is_a_publication() -> None:
    """Here the commit is told."""
    told = {"id": 1, "tag": "v2", "created_at": "2026-03-01 12:00:00 UTC", "action": "create", "project": PROJECT}
    published = only(Publication, read("Release Hook", {**told, "commit": {"id": COMMIT}}))
    assert (published.service, published.version, published.commit, published.at) == ("shop", "v2", COMMIT, NOON)
    assert read("Release Hook", {**told, "action": "update"}).nothing


def test_a_flag_that_was_turned() -> None:
    """GitLab says neither when nor where: it was when the request was signed, or came."""
    told = {"object_attributes": {"id": 6, "name": "new-till", "active": True}, "project": PROJECT, "user": ADA}
    flip = only(Flip, read("Feature Flag Hook", told, Mapping(source="lab", default_environment=PRODUCTION)))
    assert (flip.flag, flip.what, flip.by, flip.at, flip.place) == ("new-till", "on", "ada", NOW, SHOP)
    signed = only(Flip, read("Feature Flag Hook", told, webhook_timestamp="1772366400"))
    assert (signed.at, signed.id) == (NOON, flip.id)


def test_incidents_are_work_items() -> None:
    """Opened, closed, opened again."""
    opened, closed, again = (
        read("Issue Hook", work_item(action, at)).facts
        for action, at in (("open", "10:00"), ("close", "11:00"), ("reopen", "12:00"))
    )
    (incident,) = History((*closed, *opened)).facts(Incident)
    assert (incident.detected_at, incident.resolved_at) == (NOON - timedelta(hours=2), NOON - timedelta(hours=1))
    assert (incident.title, incident.severity) == ("Checkout is slow", "high")
    (incident,) = History((*again, *closed, *opened)).facts(Incident)
    assert incident.resolved_at is None


def test_what_scanners_found() -> None:
    """The project stands only in the address."""
    told = {
        "url": "https://lab.example/acme/web/shop/-/security/vulnerabilities/12",
        "title": "A parser reads too far",
        "severity": "high",
        "state": "resolved",
        "created_at": "2026-03-01T10:00:00.413Z",
        "updated_at": "2026-03-01T12:00:00Z",
        "resolved_at": "2026-03-01T12:00:00Z",
    }
    finding = only(SecurityFinding, read("Vulnerability Hook", {"object_attributes": told}))
    assert (finding.id, finding.repository) == ("lab/vulnerability/acme/web/shop/12", "shop")
    assert (finding.fixed_at, finding.dismissed_at) == (NOON, None)


def test_hooks_of_the_whole_server_are_read_by_what_is_inside() -> None:
    """Their header says only that."""
    assert read("System Hook", push()).heads == (HEAD,)
    assert read("System Hook", {"event_name": "user_create"}).kept


def test_an_event_that_is_not_known_is_kept_with_its_reason() -> None:
    """It is no error."""
    assert read("Emoji Hook", {}).kept == '"Emoji Hook" is no event that is read here.'


@pytest.mark.parametrize(
    ("event", "payload", "said"),
    [
        ("Push Hook", {}, 'expected a field "ref"'),
        ("Deployment Hook", deployment(status_changed_at="2026-03-01 14:00:00"), "status_changed_at: "),
        ("Deployment Hook", deployment(commit_url="https://lab.example/x"), "commit_url: expected 40 hexadecimal"),
        ("Pipeline Hook", pipeline(queued_duration=-1), "queued_duration: expected seconds, found -1"),
        ("Pipeline Hook", pipeline(created_at="now"), "object_attributes.created_at: "),
    ],
)
def test_a_broken_payload_says_what_where_and_what_was_expected(event: str, payload: object, said: str) -> None:
    """Whoever set up the sender can mend it."""
    with pytest.raises(Invalid) as error:
        read(event, payload)
    assert said in str(error.value)


def test_who_sent_it_is_proven_by_token_or_signature() -> None:
    """The older way and the newer; a wrong signature is not rescued by a right token."""
    intake = GitLabIntake()
    intake.verify({"x-gitlab-token": "sesame"}, b"{}", "sesame")
    made = hmac.new(b"sesame", b"k.1.{}", hashlib.sha256).digest()
    signed = {"webhook-id": "k", "webhook-timestamp": "1", "webhook-signature": f"v1,{base64.b64encode(made).decode()}"}
    intake.verify(signed, b"{}", "sesame")
    for headers in ({}, {"x-gitlab-token": "wrong"}, {**signed, "webhook-id": "l", "x-gitlab-token": "sesame"}):
        with pytest.raises(Forbidden):
            intake.verify(headers, b"{}", "sesame")
