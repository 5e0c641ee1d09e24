"""Every event of the house leaves as a CDEvent that the published schemas take."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from andon.engine.codec import Codec, type_name
from andon.kernel.envelope import Envelope
from andon.kernel.errors import Invalid
from andon.kernel.ids import (
    NO_CHAIN,
    Actor,
    ArtifactName,
    BranchName,
    ChainId,
    CommitId,
    Digest,
    EnvironmentName,
    EventId,
    RepositoryName,
    RunNumber,
    ServiceName,
    StreamId,
    Version,
)
from andon.kernel.redaction import KEPT_BACK
from andon.ledger.opening import open_ledger
from andon.line.cdevents import Exporter, custom_name
from andon.line.cdevents_export import ENOUGH_BYTES, PIECE, CDEvents
from andon.line.cdevents_standard import STANDARD
from andon.standards.cdevents_out import (
    STANDARD_TYPES,
    Outgoing,
    custom_type,
    print_cdevent,
    print_cloudevent,
    standard_type,
)
from andon.standards.cloudevents import BATCH, STRUCTURED
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import PromotionFailed, PromotionId, PromotionVerified
from andon.tools.measurement.adapters.intake_cdevents import CdEventsIntake
from andon.tools.measurement.events import FactsReceived
from andon.tools.measurement.model.facts import Deployment, Fact, FactId, Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.source.events import BranchPushed
from tests.line.story import Told, morning
from tests.test_house import EVENTS, any_of
from tests.tools.measurement.exporting_server import write

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "cdevents-0.5.1"
EXPORTER = Exporter("http://127.0.0.1:8600")
AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
COMMIT = CommitId("a" * 40)
SHOP = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))

needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of CDEvents 0.5.1 are not here")


@cache
def validators() -> dict[str, jsonschema.Draft202012Validator]:
    """For each type, without its version; "custom" for those of our own. Formats are checked too."""
    files = [*SCHEMAS.glob("schemas/**/*.json"), SCHEMAS / "custom" / "schema.json"]
    schemas = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    )
    return {
        _type_of(schema): jsonschema.Draft202012Validator(
            schema, registry=registry, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        for schema in schemas
        if "context" in schema.get("properties", {})
    }


def _type_of(schema: dict[str, Any]) -> str:
    kind = schema["properties"]["context"]["properties"]["type"]
    return str(kind["enum"][0]) if "enum" in kind else "custom"


def happened(event: object, stream: str = "run/815", chain: ChainId = NO_CHAIN) -> Envelope[object]:
    """An entry with this event."""
    return Envelope(
        position=7,
        sequence=1,
        id=EventId("ev_1"),
        stream=StreamId(stream),
        type=type_name(type(event)),
        at=AT,
        actor=Actor("ada"),
        cause=EventId("ev_0"),
        chain=chain,
        event=event,
    )


def names_in(value: Any) -> set[str]:
    """Every field's name, however deep."""
    if isinstance(value, dict):
        return set(value) | {name for one in value.values() for name in names_in(one)}
    return {name for one in value for name in names_in(one)} if isinstance(value, list) else set()


def types_of(event: type) -> list[str]:
    """What the reference says that it may become."""
    standard = STANDARD.get(event)
    names = [standard_type(name) for name in standard.names] if standard else []
    return names if standard and standard.always else [*names, custom_type("andon", *custom_name(event))]


@needs_schemas
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(type_name(event)))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_event_is_a_valid_cdevent(event: type, data: st.DataObject) -> None:
    """Whatever an event holds, the schema of its type takes it, and nothing about a secret leaves."""
    printed = print_cdevent(EXPORTER.export(happened(data.draw(any_of(event)))))
    printed = json.loads(json.dumps(printed))
    kind = printed["context"]["type"]
    assert kind in types_of(event)
    validators()[kind if kind in validators() else "custom"].validate(printed)
    assert not names_in(printed) & KEPT_BACK


@needs_schemas
def test_the_printed_types_are_the_published_ones() -> None:
    """Each with the version that 0.5.1 gives it."""
    assert {f"dev.cdevents.{name}.{version}" for name, version in STANDARD_TYPES.items()} < set(validators())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(type_name(event)))
def test_types_of_our_own_fit_the_pattern(event: type) -> None:
    """Letters only: a name with a digit or a hyphen would be refused by everybody."""
    assert custom_type("andon", *custom_name(event)).startswith("dev.cdeventsx.andon-")


def test_types_of_our_own_are_told_apart() -> None:
    """No two kinds of events share a type."""
    names = [custom_name(event) for event in EVENTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("subject", ["feature-flag", "feature_flag", "flag2", ""])
def test_a_subject_is_letters(subject: str) -> None:
    """The published pattern is stricter than it looks."""
    with pytest.raises(Invalid, match="letters only"):
        custom_type("andon", subject, "changed")


def test_standard_types_come_from_known_events() -> None:
    """Nothing is mapped that no tool publishes, and no version is known that nothing is mapped to."""
    assert set(STANDARD) <= set(EVENTS)
    assert {name for one in STANDARD.values() for name in one.names} == set(STANDARD_TYPES)


def published() -> Outgoing:
    """A published artifact, exported."""
    event = ArtifactPublished(
        name=ArtifactName("shop"),
        version=Version("2.15"),
        digest=Digest(f"sha256:{'9c' * 32}"),
        size_bytes=1,
        repository=RepositoryName("shop"),
        commit=COMMIT,
        run=RunNumber(815),
        provenance=Digest(f"sha256:{'1f' * 32}"),
        service=ServiceName("shop"),
    )
    return EXPORTER.export(happened(event, "artifact/shop", ChainId(f"shop@{COMMIT}")))


def test_an_artifact_is_named_by_its_purl() -> None:
    """The digest's colon is escaped."""
    assert published().subject == f"pkg:oci/shop@sha256%3A{'9c' * 32}"


def test_chain_cause_and_time_are_kept() -> None:
    """Whoever follows CDEvents finds the change, and what led to what."""
    context = print_cdevent(published())["context"]
    assert context["chainId"] == f"shop@{COMMIT}"
    assert context["links"] == [{"linkType": "PATH", "from": {"contextId": "ev_0"}}]
    assert context["timestamp"] == "2026-05-04T09:30:00Z"
    assert context["id"] == "ev_1"


def test_a_cloudevent_says_what_its_cdevent_says() -> None:
    """Id, source, type, subject and time stand in both and are equal."""
    outer = print_cloudevent(published())
    context, subject = outer["data"]["context"], outer["data"]["subject"]
    assert [outer[name] for name in ("id", "source", "type", "time")] == [
        context[name] for name in ("id", "source", "type", "timestamp")
    ]
    assert outer["subject"] == subject["id"]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, COMMIT, "dev.cdevents.branch.created.0.3.0"),
        (COMMIT, None, "dev.cdevents.branch.deleted.0.3.0"),
        (COMMIT, CommitId("b" * 40), "dev.cdeventsx.andon-branch.pushed.0.1.0"),
    ],
)
def test_a_branch_comes_goes_and_moves(before: CommitId | None, after: CommitId | None, kind: str) -> None:
    """For a move the standard has no word."""
    event = BranchPushed(
        repository=RepositoryName("shop"), branch=BranchName("main"), before=before, after=after, commits=()
    )
    assert EXPORTER.export(happened(event, "repository/shop")).type == kind


@needs_schemas
@pytest.mark.anyio
async def test_a_whole_morning_leaves_in_pieces(tmp_path: Path) -> None:
    """Piece after piece the ledger is told once, in order, each event valid."""
    ledger = await open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    await write(ledger, morning(stopped=True))
    cdevents = CDEvents(ledger, Codec(EVENTS), "http://127.0.0.1:8600")
    told: list[dict[str, Any]] = []
    last = 0
    while more := (await cdevents.after(last, 70))[0]:
        told += more
        last = more[-1]["data"]["customData"]["andon"]["position"]
    head = await ledger.head()
    await ledger.close()
    assert [event["data"]["customData"]["andon"]["position"] for event in told] == list(range(1, head.position + 1))
    for event in told:
        kind = event["type"] if event["type"] in validators() else "custom"
        validators()[kind].validate(event["data"])


PAGED = Incident(
    id=FactId("pager/1"),
    place=SHOP,
    title="Slow",
    detected_at=AT - timedelta(hours=3),
    resolved_at=AT - timedelta(hours=2),
    severity="high",
    caused_by=(FactId("tool/deployment/1"),),
)
DEPLOYED = Deployment(
    id=FactId("tool/deployment/1"),
    place=SHOP,
    repository=RepositoryName("shop"),
    commit=COMMIT,
    digest=f"sha256:{'1f' * 32}",
    version="2.14",
    started_at=AT - timedelta(hours=5),
    finished_at=AT - timedelta(hours=4),
    by="ada",
)
FAILED = replace(DEPLOYED, id=FactId("tool/deployment/2"), outcome="failure", reason="disk full", finished_at=AT)
BACK = replace(FAILED, id=FactId("tool/deployment/3"), outcome="success", reason="", rollback=True, mends=(PAGED.id,))
TOLD = FactsReceived(connection="pager", deployments=(DEPLOYED, FAILED, BACK), incidents=(PAGED,))


def heard(event: object) -> list[Fact]:
    """What another Andon hears of an entry."""
    events = [print_cloudevent(each) for each in EXPORTER.export_all(happened(event, "intake/pager"))]
    read = CdEventsIntake().read({"content-type": BATCH}, json.dumps(events).encode(), Mapping(source="other"), AT)
    history = History()
    for fact in read.facts:
        history.add(fact)
    return [*history.facts(Incident), *(each for place in history.places() for each in history.deployments(place))]


def test_what_others_told_comes_to_another_andon_as_it_was() -> None:
    """With its own time, title and end, under the connection's name, and what it names with it."""
    incident, *deployments = heard(TOLD)
    known = {"id": "other/pager/1", "caused_by": ("other/tool/deployment/1",), "told_at": AT}
    assert incident == replace(PAGED, **known)  # type: ignore[arg-type]  # a FactId is text
    assert {each.id: each for each in deployments} == {
        f"other/{each.id}": replace(
            each,
            id=FactId(f"other/{each.id}"),
            mends=tuple(FactId(f"other/{mended}") for mended in each.mends),
            told_at=AT,
        )
        for each in (DEPLOYED, FAILED, BACK)
    }


def test_an_incident_without_an_end_or_a_place_invents_neither() -> None:
    """The standard wants a name where there is none."""
    nowhere = Place(service=ServiceName("shop"), environment=EnvironmentName(""))
    (incident,) = heard(FactsReceived(connection="pager", incidents=(replace(PAGED, place=nowhere, resolved_at=None),)))
    assert isinstance(incident, Incident)
    assert (incident.place, incident.resolved_at) == (nowhere, None)


@needs_schemas
def test_events_of_facts_are_valid_and_told_apart() -> None:
    """Each has an id that stays; all have the entry's position, from which is gone on."""
    events = [print_cdevent(each) for each in EXPORTER.export_all(happened(TOLD, "intake/pager"))]
    events = json.loads(json.dumps(events))
    for event in events:
        kind = event["context"]["type"]
        validators()[kind if kind in validators() else "custom"].validate(event)
    assert [event["context"]["id"] for event in events] == [
        "ev_1",
        *(f"ev_1/deployments/{number}" for number in range(3)),
        "ev_1/incidents/0/detected",
        "ev_1/incidents/0/resolved",
    ]
    assert {event["customData"]["andon"]["position"] for event in events} == {7}


def test_a_failed_deployment_is_told_as_the_proposal_does() -> None:
    """The standard has no word for it yet; whoever reads the proposal's reads ours, and so does another Andon."""
    event = PromotionFailed(
        promotion=PromotionId("production/shop/7"),
        environment=EnvironmentName("production"),
        service=ServiceName("shop"),
        digest=Digest(f"sha256:{'9c' * 32}"),
        version=Version("2.15"),
        commit=COMMIT,
        repository=RepositoryName("shop"),
        phase="smoke",
        reason="/healthz answered 500",
    )
    printed = print_cloudevent(EXPORTER.export(happened(event, "service/production/shop")))
    assert printed["type"] == "dev.cdeventsx.andon-deployment.finished.0.1.0"
    body = json.dumps(printed).encode()
    received = CdEventsIntake().read({"content-type": STRUCTURED}, body, Mapping(source="other"), AT)
    (told,) = received.facts
    assert isinstance(told, Deployment)
    assert (told.place, told.outcome, told.reason) == (SHOP, "failure", "/healthz answered 500")
    assert (told.commit, told.version, told.digest) == (COMMIT, "2.15", f"sha256:{'9c' * 32}")


def test_a_deployment_is_heard_by_another_andon() -> None:
    """With its commit, its version and that it was a rollback."""
    event = PromotionVerified(
        promotion=PromotionId("production/shop/8"),
        environment=EnvironmentName("production"),
        service=ServiceName("shop"),
        digest=Digest(f"sha256:{'1f' * 32}"),
        version=Version("2.14"),
        commit=COMMIT,
        repository=RepositoryName("shop"),
        took=timedelta(seconds=9),
        rollback=True,
    )
    body = json.dumps(print_cloudevent(EXPORTER.export(happened(event, "service/production/shop")))).encode()
    received = CdEventsIntake().read({"content-type": STRUCTURED}, body, Mapping(source="other"), AT)
    (told,) = received.facts
    assert isinstance(told, Deployment)
    assert told.id == "other/ledger/production/shop/8"
    assert (told.place, told.outcome, told.rollback) == (SHOP, "success", True)
    assert (told.commit, told.version, told.repository) == (COMMIT, "2.14", "shop")


@pytest.mark.anyio
async def test_an_answer_ends_early_when_its_entries_are_large(tmp_path: Path) -> None:
    """Whoever asks goes on from the position that is said, and gets all of it."""
    ledger = await open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    large = FactsReceived(connection="file", what="x" * (ENOUGH_BYTES // PIECE))
    one = Told(at=AT, stream=StreamId("intake/file"), actor=Actor("ada"), chain=NO_CHAIN, event=large)
    story = [one] * (2 * PIECE)
    await write(ledger, story)
    cdevents = CDEvents(ledger, Codec(EVENTS), "http://127.0.0.1:8600")
    first, last = await cdevents.after(0)
    second, _ = await cdevents.after(last)
    rest, _ = await cdevents.after(2 * PIECE)
    await ledger.close()
    assert [len(first), last, len(second), rest] == [PIECE, PIECE, PIECE, []]
