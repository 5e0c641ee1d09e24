"""What CDEvents come to, whoever sends them and however they are wrapped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping as Map
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from andon.kernel.errors import Forbidden, Invalid
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.standards.cdevents_out import Outgoing, custom_type, print_cloudevent, standard_type
from andon.standards.purl import parse_purl, print_oci_purl
from andon.tools.measurement.adapters.intake_cdevents import CdEventsIntake
from andon.tools.measurement.model.facts import Change, Deployment, Fact, Incident, Place, Publication, Run
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery

FOLDER = Path(__file__).resolve().parents[5] / "shared" / "vectors" / "cdevents-0.5.1"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAMES = Mapping(source="cd")
COMMIT = "a1" * 20
DIGEST = "sha256:" + "0b" * 32
SHOP = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))


def event(kind: str, content: Map[str, object], minute: int = 0, **changed: object) -> dict[str, Any]:
    """A CDEvent about the shop, some minutes after noon."""
    told = {
        "specversion": "0.5.1",
        "id": f"{kind}-{minute}",
        "source": "/ci",
        "timestamp": f"2026-03-01T12:{minute:02}:00Z",
    }
    kind = kind if kind.startswith("dev.") else f"dev.cdevents.{kind}.0.3.0"
    subject = {"id": "shop", "content": content}
    return {"context": {**told, "type": kind}, "subject": subject, **changed}


def read(told: object, content_type: str = "application/json", **headers: str) -> ReadDelivery:
    """As it comes in."""
    given = {"content-type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return CdEventsIntake().read(given, json.dumps(told).encode(), NAMES, NOON)


def facts(*told: object) -> list[Fact]:
    """Of all of them."""
    return [fact for each in told for fact in read(each).facts]


def cloudevent(told: dict[str, Any]) -> dict[str, Any]:
    """In its envelope."""
    context = told["context"]
    return {"specversion": "1.0", **{name: context[name] for name in ("id", "source", "type")}, "data": told}


DEPLOYED = event(
    "service.deployed", {"environment": {"id": "production"}, "artifactId": print_oci_purl("shop", DIGEST)}
)


def test_a_deployment_in_every_wrapping() -> None:
    """Bare, in headers, in the body, in a batch: the same fact."""
    wrapped = cloudevent(DEPLOYED)
    headers = {"ce_specversion": "1.0", "ce_id": wrapped["id"], "ce_source": "/ci", "ce_type": wrapped["type"]}
    received = [
        read(DEPLOYED),
        read(DEPLOYED, **headers),
        read(wrapped, "application/cloudevents+json"),
        read([wrapped], "application/cloudevents-batch+json"),
    ]
    (fact,) = {fact for each in received for fact in each.facts}
    assert isinstance(fact, Deployment)
    assert (fact.id, fact.place, fact.digest) == ("cd/deployment//ci/service.deployed-0", SHOP, DIGEST)
    assert (fact.outcome, fact.finished_at, fact.rollback, fact.commit) == ("success", NOON, False, "")
    assert {each.what for each in received} == {"service.deployed"}


def test_an_artifact_may_say_its_commit() -> None:
    """As where it was made from, or as its version; else customData says it, with what it mends."""
    places = {"environment": {"id": "production"}}
    where = f"pkg:oci/shop@{DIGEST}?tag=2.15&vcs_url=git%2Bhttps://hub.example/acme/shop%40{COMMIT}"
    told = [
        event("service.upgraded", {**places, "artifactId": where}, 1),
        event("service.upgraded", {**places, "artifactId": f"pkg:golang/hub.example/acme/shop@{COMMIT}"}, 2),
        event(
            "service.rolledback",
            places,
            3,
            customData={"commit": COMMIT, "version": "2.14", "mends": ["pager/incident/1"]},
        ),
    ]
    first, second, third = (fact for fact in facts(*told) if isinstance(fact, Deployment))
    assert (first.commit, first.digest, first.version) == (COMMIT, DIGEST, "2.15")
    assert (second.commit, second.digest, second.version) == (COMMIT, COMMIT, "")
    assert (third.commit, third.version, third.rollback, third.mends) == (COMMIT, "2.14", True, ("pager/incident/1",))


@pytest.mark.parametrize("custom", [None, 5, [1], "text", {"mends": "x"}, {"data": 7}])
def test_custom_data_of_another_shape_says_nothing(custom: object) -> None:
    """It is the sender's own affair, and no error."""
    (fact,) = facts({**DEPLOYED, "customData": custom})
    assert isinstance(fact, Deployment)
    assert (fact.commit, fact.mends) == ("", ())


def test_another_andon_is_understood() -> None:
    """What one exports, another reads: commits, failed deployments and all."""
    particulars = {"andon": {"position": 7}, "data": {"commit": COMMIT, "repository": "shop", "version": "2.15"}}
    content = {"environment": {"id": "production"}, "artifactId": print_oci_purl("shop", DIGEST)}
    good = Outgoing(
        id="7", type=standard_type("service.deployed"), source="https://andon.example", at=NOON, subject="shop",
        content=content, custom=particulars,
    )  # fmt: skip
    failed = {"environment": "production", "service": "shop", "digest": DIGEST, "version": "2.16", "commit": COMMIT}
    failed |= {"repository": "shop", "reason": "smoke: 500", "outcome": "failure"}
    bad = Outgoing(
        id="8", type=custom_type("andon", "deployment", "finished"), source="https://andon.example", at=NOON,
        subject="production/shop", content=failed,
    )  # fmt: skip
    received = read([print_cloudevent(good), print_cloudevent(bad)], "application/cloudevents-batch+json")
    first, second = received.facts
    assert isinstance(first, Deployment)
    assert isinstance(second, Deployment)
    assert (first.place, first.commit, first.version, first.repository) == (SHOP, COMMIT, "2.15", "shop")
    assert (second.place, second.commit, second.digest) == (SHOP, COMMIT, DIGEST)
    assert (second.outcome, second.reason, second.version) == ("failure", "smoke: 500", "2.16")


def test_an_incident_from_its_beginning_to_its_end() -> None:
    """Detected, reported, resolved, in any order: one incident."""
    where: dict[str, object] = {"environment": {"id": "production"}, "service": {"id": "shop"}}
    told = [
        event("incident.detected", {**where, "description": "Slow"}, 1),
        event("incident.reported", {**where, "description": "Slow", "ticketURI": "https://t.example/1"}, 3),
        event("incident.resolved", {**where, "description": "Fast again"}, 9),
    ]
    for order in permutations(told):
        (incident,) = History(facts(*order, *order)).facts(Incident)
        assert (incident.place, incident.title, incident.link) == (SHOP, "Slow", "https://t.example/1")
        assert incident.detected_at == NOON + timedelta(minutes=1)
        assert incident.resolved_at == NOON + timedelta(minutes=9)


def test_a_run_and_a_change_are_told_in_parts() -> None:
    """In any order; a run's outcome in the words of any version."""
    pipeline: dict[str, object] = {"pipelineName": "tests", "uri": "https://ci.example/5"}
    repository: dict[str, object] = {"repository": {"id": "acme/shop"}}
    told = [
        event("pipelinerun.queued", pipeline, 1),
        event("pipelinerun.started", pipeline, 2),
        event("dev.cdevents.pipelineRun.finished.0.1.0", {**pipeline, "outcome": "Failed"}, 5),
        event("change.created", {**repository, "description": "Round totals"}, 1),
        event("change.reviewed", repository, 3),
        event("change.merged", repository, 4),
    ]
    for order in (told, told[::-1]):
        history = History(facts(*order))
        (run,), (change,) = history.facts(Run), history.facts(Change)
        assert (run.queued_at, run.started_at) == (NOON + timedelta(minutes=1), NOON + timedelta(minutes=2))
        assert (run.finished_at, run.outcome) == (NOON + timedelta(minutes=5), "failure")
        assert (change.repository, change.title) == ("shop", "Round totals")
        assert (change.opened_at, change.merged_at) == (NOON + timedelta(minutes=1), NOON + timedelta(minutes=4))
        assert change.first_review_at == NOON + timedelta(minutes=3)


def test_a_published_artifact() -> None:
    """Its subject is the artifact itself."""
    told = event("artifact.published", {"user": "ci"})
    told["subject"]["id"] = print_oci_purl("shop", DIGEST)
    (fact,) = facts(told)
    assert isinstance(fact, Publication)
    assert (fact.service, fact.digest, fact.at) == ("shop", DIGEST, NOON)
    told["subject"]["id"] = "shop:2.15"
    with pytest.raises(Invalid, match="is no package URL"):
        read(told)


def test_what_is_not_understood_is_kept_and_what_is_not_measured_is_said() -> None:
    """Other tools' own types; CloudEvents that are no CDEvents; a batch of everything."""
    own = event("dev.cdeventsx.acme-rocket.launched.0.1.0", {})
    assert read(own).kept == '"acme-rocket.launched" is no event that is read here.'
    other = {"specversion": "1.0", "id": "1", "source": "/x", "type": "org.example.happened", "data": 5}
    assert read(other, "application/cloudevents+json").kept == '"org.example.happened" is no CDEvent.'
    assert read(event("dev.cdeventsx.andon-token.issued.0.1.0", {})).nothing
    assert read([], "application/cloudevents-batch+json").nothing == "the batch is empty."
    assert read(event("ticket.created", {})).nothing == "ticket.created is not used for metrics."
    batch = read([cloudevent(own), other, cloudevent(DEPLOYED)], "application/cloudevents-batch+json")
    assert (len(batch.facts), batch.kept, len(batch.troubles)) == (1, "", 1)
    assert read([cloudevent(own), other], "application/cloudevents-batch+json").kept.startswith("1 of them: ")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            [cloudevent(DEPLOYED), cloudevent(event("service.deployed", {"environment": 5}))],
            "the batch: [1]: subject.content",
        ),
        (
            [cloudevent(event("pipelinerun.finished", {"outcome": "green"}))],
            "the event: subject.content.outcome: expected",
        ),
        ([cloudevent({**DEPLOYED, "subject": {}})], 'the event: subject: expected a field "id"'),
    ],
)
def test_a_broken_event_says_what_where_and_what_was_expected(told: Iterable[object], said: str) -> None:
    """And none of its batch is taken."""
    with pytest.raises(Invalid) as error:
        read(told, "application/cloudevents-batch+json")
    assert said in str(error.value)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="NOT TESTED: the published examples of CDEvents 0.5.1 are not here")
def test_every_published_example_is_read() -> None:
    """All 46: sixteen tell facts, and of the others it is said why not."""
    files = [*FOLDER.glob("conformance/*.json"), FOLDER / "custom" / "conformance.json"]
    received = {file.stem: CdEventsIntake().read({}, file.read_bytes(), NAMES, NOON) for file in files}
    assert len(received) == 46
    assert all(bool(each.facts) + bool(each.kept) + bool(each.nothing) == 1 for each in received.values())
    assert [name for name, each in received.items() if each.kept] == ["conformance"]
    told = {name for name, each in received.items() if each.facts}
    assert told == {
        *("artifact_published", "service_deployed", "service_upgraded", "service_rolledback"),
        *("change_abandoned", "change_created", "change_merged", "change_reviewed", "change_updated"),
        *("incident_detected", "incident_reported", "incident_resolved"),
        *("pipelinerun_finished", "pipelinerun_queued", "pipelinerun_started"),
    }


def test_package_urls_are_taken_apart() -> None:
    """What is printed is read, and anything else is none."""
    purl = parse_purl(print_oci_purl("shop", DIGEST))
    assert purl is not None
    assert (purl.type, purl.name, purl.version) == ("oci", "shop", DIGEST)
    assert [parse_purl(text) for text in ("shop", "pkg:", "pkg:oci", "pkg:oci/")] == [None] * 4


def test_the_secret_is_a_bearer_token() -> None:
    """CDEvents are not signed."""
    CdEventsIntake().verify({"authorization": "Bearer sesame"}, b"", "sesame")
    with pytest.raises(Forbidden):
        CdEventsIntake().verify({}, b"", "sesame")
