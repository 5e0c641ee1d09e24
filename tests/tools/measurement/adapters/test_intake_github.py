"""What GitHub's webhooks come to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TypeVar
from urllib.parse import urlencode

import pytest

from andon.kernel.errors import Forbidden, Invalid
from andon.kernel.ids import EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.adapters.intake_github import GitHubIntake
from andon.tools.measurement.model.facts import (
    Change,
    Deployment,
    Place,
    PromotionOffer,
    Publication,
    Run,
    SecurityFinding,
)
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.intake.mapping import Mapping, NamedEnvironment, NamedService
from andon.tools.measurement.model.intake.read_delivery import CommitsHead, ReadDelivery

from .octokit import examples
from .payloads_github import (
    ADA,
    COMMIT,
    GRACE,
    NOW,
    OTHER,
    REPOSITORY,
    ZEROS,
    deployment_status,
    pull_request,
    push,
    read,
    workflow_job,
    workflow_run,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEAD = CommitsHead(repository=RepositoryName("shop"), clone_url="https://hub.example/acme/Shop.git", commit=COMMIT)
F = TypeVar("F")
PRODUCTION = EnvironmentName("production")
SHOP = Place(service=ServiceName("shop"), environment=PRODUCTION)


def only(kind: type[F], received: ReadDelivery) -> F:
    """Its one fact."""
    (fact,) = received.facts
    assert isinstance(fact, kind)
    return fact


def test_a_push_to_the_trunk_says_where_to_walk() -> None:
    """Its own list of commits is cut, so none of it is taken."""
    received = read("push", push())
    assert (received.facts, received.heads, received.troubles) == ((), (HEAD,), ())
    assert (received.what, received.delivery) == ("push", "d-1")


def test_a_forced_push_is_named() -> None:
    """The history was rewritten, and what was measured may be gone from it."""
    (trouble,) = read("push", push(forced=True)).troubles
    assert trouble == "main was rewritten: b2b2b2b may not be in it any more."


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (push(after=ZEROS, deleted=True), "refs/heads/main was deleted."),
        (push(ref="refs/heads/round"), "round is not the trunk"),
        (push(ref="refs/tags/v1"), "the tag v1 is no deployment"),
    ],
)
def test_other_pushes_hold_nothing_and_say_why(payload: object, said: str) -> None:
    """Understood, and not kept."""
    received = read("push", payload)
    assert (received.facts, received.heads, received.kept) == ((), (), "")
    assert said in received.nothing


def test_a_tag_may_be_a_deployment() -> None:
    """Where the connection says so; an annotated tag's commit stands beside it; the time is that of the push."""
    names = Mapping(source="hub", tags=(NamedEnvironment(pattern="v*", environment=PRODUCTION),))
    received = read("push", push(ref="refs/tags/v1", after=OTHER, head_commit={"id": COMMIT}), names)
    deployed = only(Deployment, received)
    assert (deployed.place, deployed.commit, deployed.version, deployed.finished_at) == (SHOP, COMMIT, "v1", NOON)
    assert received.heads == (HEAD,)


def test_a_deployment_ended_when_its_status_was_made() -> None:
    """Not when GitHub last touched the deployment."""
    received = read("deployment_status", deployment_status())
    deployed = only(Deployment, received)
    assert deployed.id == "hub/deployment/77"
    assert (deployed.started_at, deployed.finished_at) == (NOON, NOON + timedelta(minutes=5))
    assert (deployed.place, deployed.repository, deployed.commit, deployed.digest) == (SHOP, "shop", COMMIT, COMMIT)
    assert (deployed.outcome, deployed.reason, deployed.by, deployed.version) == ("success", "", "ada", "")
    assert deployed.link == "https://ci.example/9"
    assert received.heads == (HEAD,)


@pytest.mark.parametrize("state", ["failure", "error"])
def test_a_deployment_that_did_not_succeed_counts_too(state: str) -> None:
    """With the reason that was given."""
    deployed = only(Deployment, read("deployment_status", deployment_status(state, ref="v2.15")))
    assert (deployed.outcome, deployed.reason, deployed.version) == (state, "3 checks failed", "v2.15")


@pytest.mark.parametrize("state", ["in_progress", "queued", "pending", "inactive", "something new"])
def test_other_states_are_no_end(state: str) -> None:
    """So a late one never overwrites an end."""
    received = read("deployment_status", deployment_status(state))
    assert (received.facts, received.kept) == ((), "")
    assert received.nothing


def test_waiting_for_a_person_is_an_offer() -> None:
    """The revision was ready from then on."""
    offer = only(PromotionOffer, read("deployment_status", deployment_status("waiting")))
    assert (offer.place, offer.digest, offer.at) == (SHOP, COMMIT, NOON + timedelta(minutes=5))


def test_statuses_in_any_order_come_to_the_same() -> None:
    """Each of them twice, the late in_progress included; the first success is the end."""
    told = [
        deployment_status("in_progress", at="2026-03-01T12:01:00Z"),
        deployment_status("success", at="2026-03-01T12:05:00Z"),
        deployment_status("success", at="2026-03-01T13:00:00Z"),
        deployment_status("inactive", at="2026-03-03T12:00:00Z"),
    ]
    for order in permutations(told):
        history = History()
        for payload in (*order, *order):
            for fact in read("deployment_status", payload).facts:
                history.add(fact)
        (deployed,) = history.deployments(SHOP)
        assert (deployed.outcome, deployed.finished_at) == ("success", NOON + timedelta(minutes=5))


def test_a_deployer_may_say_what_it_mends_and_which_service_it_is() -> None:
    """In the deployment's own payload, under "andon"."""
    declared = {"andon": {"service": "Checkout", "mends": ["pager/incident/Q1"], "rollback": True}, "other": 1}
    deployed = only(Deployment, read("deployment_status", deployment_status(payload=declared)))
    assert (deployed.place.service, deployed.mends, deployed.rollback) == ("checkout", ("pager/incident/Q1",), True)
    assert only(Deployment, read("deployment_status", deployment_status(task="deploy:rollback"))).rollback


@pytest.mark.parametrize("payload", ["", "some text", None, [1], {"andon": 5}, {"andon": {"mends": "x"}}])
def test_a_payload_of_another_shape_declares_nothing(payload: object) -> None:
    """It is its maker's own affair, and no error."""
    deployed = only(Deployment, read("deployment_status", deployment_status(payload=payload)))
    assert (deployed.place, deployed.mends, deployed.rollback) == (SHOP, (), False)


def test_names_are_read_as_the_connection_says() -> None:
    """Repository to service, environment to environment."""
    names = Mapping(
        source="hub",
        services=(NamedService(pattern="acme/shop", service=ServiceName("till"), repository=RepositoryName("tills")),),
        environments=(NamedEnvironment(pattern="prod*", environment=EnvironmentName("live")),),
    )
    deployed = only(Deployment, read("deployment_status", deployment_status(), names))
    assert (deployed.place.service, deployed.place.environment, deployed.repository) == ("till", "live", "tills")


def test_a_deployment_that_begins_says_where_to_walk() -> None:
    """Its commit is on some branch already."""
    received = read("deployment", {"deployment": deployment_status()["deployment"], "repository": REPOSITORY})
    assert (received.facts, received.heads) == ((), (HEAD,))


def test_a_pull_request_from_opening_to_landing() -> None:
    """In any order, the reviews included; GitHub's trial merge is no merge commit."""
    review = {"submitted_at": "2026-03-01T10:00:00Z", "user": GRACE, "state": "approved"}
    own = {"submitted_at": "2026-03-01T09:30:00Z", "user": ADA, "state": "commented"}
    merged = {
        "updated_at": "2026-03-01T11:00:00Z",
        "closed_at": "2026-03-01T11:00:00Z",
        "merged_at": "2026-03-01T11:00:00Z",
        "merged_by": GRACE,
    }
    told = [
        read("pull_request", pull_request()),
        read("pull_request_review", {**pull_request("submitted", updated_at="2026-03-01T09:30:00Z"), "review": own}),
        read("pull_request_review", {**pull_request("submitted", updated_at="2026-03-01T10:00:00Z"), "review": review}),
        read("pull_request", pull_request("closed", **merged)),
    ]
    assert only(Change, told[0]).merge_commit is None
    assert [head.commit for received in told for head in received.heads] == [OTHER]
    for order in permutations(told):
        history = History(fact for received in order for fact in received.facts)
        (change,) = history.facts(Change)
        assert (change.id, change.title, change.author) == ("hub/pull-request/acme/Shop/7", "Round totals", "ada")
        assert change.opened_at == NOON - timedelta(hours=3)
        assert change.first_review_at == NOON - timedelta(hours=2)
        assert (change.merged_at, change.abandoned_at) == (NOON - timedelta(hours=1), None)
        assert (change.head, change.merge_commit, change.merged_by) == (COMMIT, OTHER, "grace")


@pytest.mark.parametrize("reviewer", [ADA, {"login": "lint[bot]", "type": "Bot"}, None])
def test_only_another_person_reviews(reviewer: object) -> None:
    """The author's own comments and those of programs end no wait."""
    review = {"submitted_at": "2026-03-01T10:00:00Z", "user": reviewer}
    received = read("pull_request_review", {**pull_request("submitted"), "review": review})
    assert only(Change, received).first_review_at is None


def test_a_pull_request_that_was_closed_is_abandoned() -> None:
    """Nothing of it landed."""
    closed = pull_request("closed", closed_at="2026-03-01T11:00:00Z", updated_at="2026-03-01T11:00:00Z")
    change = only(Change, read("pull_request", closed))
    assert (change.merged_at, change.abandoned_at, change.merge_commit) == (None, NOON - timedelta(hours=1), None)


def test_a_pull_request_into_another_branch_is_none_of_the_trunk() -> None:
    """It lands there when that branch does."""
    received = read("pull_request", pull_request(base={"ref": "next"}))
    assert (received.facts, received.nothing) == ((), "it goes into next, not into the trunk, main.")


def test_a_run_with_its_jobs() -> None:
    """The first job that began, began the run; a job that was cancelled in the queue took no time."""
    told = [
        read("workflow_run", workflow_run("requested", status="queued", conclusion=None)),
        read("workflow_job", workflow_job("lint", "01:00", "02:00")),
        read("workflow_job", workflow_job("unit", "00:30", "04:00", conclusion="failure")),
        read("workflow_job", workflow_job("docs", "03:00", "02:30", conclusion="cancelled")),
        read("workflow_run", workflow_run(conclusion="failure")),
    ]
    for order in permutations(told):
        (run,) = History(fact for received in order for fact in received.facts).facts(Run)
        assert (run.outcome, run.finished_at) == ("failure", NOON - timedelta(hours=2, minutes=-4))
        assert run.started_at == NOON - timedelta(hours=2, seconds=-30)
        assert [(task.name, task.outcome) for task in run.tasks] == [
            ("unit", "failure"),
            ("lint", "success"),
            ("docs", "cancel"),
        ]
        assert all(task.ready_at <= task.started_at <= task.finished_at for task in run.tasks)
        assert run.trunk


def test_another_attempt_is_another_run() -> None:
    """It was asked for when the attempt was, not when the first one was."""
    again = workflow_run(run_attempt=2, run_started_at="2026-03-01T11:00:00Z", updated_at="2026-03-01T11:03:00Z")
    run = only(Run, read("workflow_run", again))
    assert (run.id, run.attempt, run.queued_at) == ("hub/run/500/2", 2, NOON - timedelta(hours=1))


@pytest.mark.parametrize("changed", [{"event": "pull_request"}, {"head_branch": "round"}, {"head_branch": None}])
def test_runs_of_proposals_are_not_runs_of_the_trunk(changed: dict[str, object]) -> None:
    """Whatever the branch of a fork is called."""
    assert not only(Run, read("workflow_run", workflow_run(**changed))).trunk


def test_a_pipeline_may_be_what_deploys() -> None:
    """Where the connection says so, once it has ended."""
    names = Mapping(source="hub", deploying=(NamedEnvironment(pattern="deploy*", environment=PRODUCTION),))
    run, deployed = read("workflow_run", workflow_run(name="Deploy", conclusion="timed_out"), names).facts
    assert isinstance(run, Run)
    assert isinstance(deployed, Deployment)
    assert (deployed.place, deployed.outcome, deployed.commit) == (SHOP, "error", COMMIT)
    assert deployed.reason == "the run of Deploy ended with timed_out"
    for changed in ({"conclusion": None}, {"event": "pull_request"}, {"name": "tests"}):
        facts = read("workflow_run", workflow_run(**{"name": "Deploy", **changed}), names).facts
        assert not [fact for fact in facts if isinstance(fact, Deployment)]


def test_a_release_is_a_publication() -> None:
    """Once, when it is published; a branch is not taken for its commit."""
    told = {"id": 3, "tag_name": "v2", "target_commitish": COMMIT, "published_at": "2026-03-01T12:00:00Z"}
    received = read("release", {"action": "published", "release": told, "repository": REPOSITORY})
    published = only(Publication, received)
    assert (published.version, published.commit, published.digest, published.at) == ("v2", COMMIT, COMMIT, NOON)
    assert received.heads == (HEAD,)
    told["target_commitish"] = "main"
    received = read("release", {"action": "published", "release": told, "repository": REPOSITORY})
    assert (only(Publication, received).commit, received.heads) == ("", ())
    assert read("release", {"action": "edited", "release": told, "repository": REPOSITORY}).nothing


def test_what_scanners_found() -> None:
    """Found, fixed, found again; dismissed is not fixed."""
    alert = {"number": 5, "created_at": "2026-03-01T08:00:00Z", "html_url": "https://hub.example/5"}
    advisory = {"summary": "A parser reads too far", "severity": "high"}
    fixed = {**alert, "fixed_at": "2026-03-01T12:00:00Z", "security_advisory": advisory}
    finding = only(
        SecurityFinding, read("dependabot_alert", {"action": "fixed", "alert": fixed, "repository": REPOSITORY})
    )
    assert (finding.title, finding.severity, finding.fixed_at) == ("A parser reads too far", "high", NOON)
    rule = {"description": "SQL made of texts", "severity": "error", "security_severity_level": "critical"}
    closed = {**alert, "dismissed_at": "2026-03-01T12:00:00Z", "rule": rule}
    finding = only(
        SecurityFinding, read("code_scanning_alert", {"action": "closed", "alert": closed, "repository": REPOSITORY})
    )
    assert (finding.severity, finding.fixed_at, finding.dismissed_at) == ("critical", None, NOON)


def test_an_event_that_is_not_known_is_kept_with_its_reason() -> None:
    """It is no error, and its body is not even looked at."""
    received = GitHubIntake().read({"x-github-event": "galaxy"}, b"\xff", Mapping(source="hub"), NOW)
    assert (received.what, received.kept) == ("galaxy", '"galaxy" is no event that is read here.')


def test_a_webhook_may_send_forms() -> None:
    """GitHub's other content type holds the same JSON."""
    headers = {"x-github-event": "push", "content-type": "application/x-www-form-urlencoded"}
    body = urlencode({"payload": json.dumps(push())}).encode()
    assert GitHubIntake().read(headers, body, Mapping(source="hub"), NOW).heads == (HEAD,)
    with pytest.raises(Invalid, match="choose application/json"):
        GitHubIntake().read(headers, b"other=1", Mapping(source="hub"), NOW)


@pytest.mark.parametrize(
    ("event", "payload", "said"),
    [
        ("push", {}, 'expected a field "ref"'),
        ("deployment_status", deployment_status(sha="main"), "deployment.sha: expected 40 hexadecimal digits"),
        ("deployment_status", deployment_status(at="2026-03-01T12:05:00"), "created_at: expected a time with its zone"),
        ("deployment_status", deployment_status(id="77"), "deployment.id: expected a whole number, found text"),
        ("workflow_run", workflow_run(updated_at="0001-01-01T00:00:00Z"), "no time between 1970 and 2200"),
        ("workflow_job", workflow_job("x", "00:00", "00:01", completed_at=None), "completed_at: expected a time"),
    ],
)
def test_a_broken_payload_says_what_where_and_what_was_expected(event: str, payload: object, said: str) -> None:
    """Whoever set up the sender can mend it."""
    with pytest.raises(Invalid) as error:
        read(event, payload)
    assert said in str(error.value)


def test_who_sent_it_is_proven() -> None:
    """By GitHub's own published example."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    GitHubIntake().verify({"x-hub-signature-256": signature}, b"Hello, World!", "It's a Secret to Everybody")
    with pytest.raises(Forbidden):
        GitHubIntake().verify({}, b"Hello, World!", "It's a Secret to Everybody")


@pytest.mark.real_input
def test_every_payload_that_githubs_clients_are_tested_with() -> None:
    """Each is read, or kept with a reason; those that are measured give facts or heads."""
    gave: dict[str, int] = {}
    count = 0
    for event, body in examples():
        received = GitHubIntake().read({"x-github-event": event}, body, Mapping(source="hub"), NOW)
        count += 1
        told = len(received.facts) + len(received.heads)
        gave[event] = gave.get(event, 0) + told
        assert bool(told) + bool(received.kept) + bool(received.nothing) == 1, (event, received)
    assert count > 300
    measured = {event for event, told in gave.items() if told}
    assert measured == {
        *("push", "deployment", "deployment_status", "pull_request", "pull_request_review", "release"),
        *("workflow_run", "workflow_job", "dependabot_alert", "code_scanning_alert"),
    }


@pytest.mark.real_input
def test_real_deployments_are_whole() -> None:
    """Of the package's deployments that ended: place, commit and times."""
    bodies = [body for event, body in examples() if event == "deployment_status"]
    read_ = [
        GitHubIntake().read({"x-github-event": "deployment_status"}, b, Mapping(source="hub"), NOW) for b in bodies
    ]
    deployed = [fact for received in read_ for fact in received.facts if isinstance(fact, Deployment)]
    assert deployed
    for fact in deployed:
        assert fact.place == Place(service=ServiceName("hello-world"), environment=PRODUCTION)
        assert fact.started_at is not None
        assert fact.started_at <= fact.finished_at
        assert len(fact.commit) == 40
