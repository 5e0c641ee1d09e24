"""What holds of every intake: no request makes it do anything but read, keep, or refuse in words."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping as Map
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Forbidden, Invalid
from andon.kernel.ids import EnvironmentName
from andon.tools.measurement.adapters.intake_cdevents.readers import READERS as CDEVENTS
from andon.tools.measurement.adapters.intake_github.intake import READERS as GITHUB
from andon.tools.measurement.adapters.intake_gitlab.intake import READERS as GITLAB
from andon.tools.measurement.model.intake.mapping import Mapping, NamedEnvironment
from andon.tools.measurement.ports import DeliveryReader
from andon.wiring.measurement import intakes

from . import payloads_github as github
from . import payloads_gitlab as gitlab
from .test_intake_alertmanager import alert, group
from .test_intake_cdevents import DEPLOYED
from .test_intake_pagerduty import event

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ANYWHERE = (NamedEnvironment(pattern="*", environment=EnvironmentName("production")),)
NAMES = Mapping(source="x", deploying=ANYWHERE, tags=ANYWHERE)

INTAKES = intakes()
KINDS = sorted(INTAKES)
#: headers that choose a reader
EVENTS: list[tuple[str, str]] = [
    *(("x-github-event", name) for name in GITHUB),
    *(("x-gitlab-event", name) for name in (*GITLAB, "System Hook")),
]
GOOD: list[tuple[str, dict[str, str], Any]] = [
    ("github", {"x-github-event": "push"}, github.push()),
    ("github", {"x-github-event": "deployment_status"}, github.deployment_status()),
    ("github", {"x-github-event": "pull_request"}, github.pull_request()),
    ("github", {"x-github-event": "workflow_run"}, github.workflow_run()),
    ("github", {"x-github-event": "workflow_job"}, github.workflow_job("unit", "00:00", "01:00")),
    ("gitlab", {"x-gitlab-event": "Push Hook"}, gitlab.push()),
    ("gitlab", {"x-gitlab-event": "Tag Push Hook"}, gitlab.push(ref="refs/tags/v1")),
    ("gitlab", {"x-gitlab-event": "Deployment Hook"}, gitlab.deployment()),
    ("gitlab", {"x-gitlab-event": "Pipeline Hook"}, gitlab.pipeline()),
    ("gitlab", {"x-gitlab-event": "Merge Request Hook"}, gitlab.merge_request("merge", "10:00")),
    ("gitlab", {"x-gitlab-event": "Issue Hook"}, gitlab.work_item("close", "11:00")),
    ("alertmanager", {}, group(alert(ended="15:00"))),
    ("pagerduty", {}, event("incident.resolved", 5)),
    ("cdevents", {}, DEPLOYED),
]

#: what may stand where something else was
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(
        ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-03-01T12:00:00", "0" * 40, "\x00", "💥"]
    ),
    st.just([]),
    st.just({}),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("content-type", "x-github-event", "x-gitlab-event", "webhook-timestamp", "authorization"),
            *("ce-specversion", "ce-id", "ce-source", "ce-type", "x-hub-signature-256", "x-pagerduty-signature"),
            *("webhook-signature", "webhook-id", "x-gitlab-token"),
        ]
    ),
    st.text(max_size=20)
    | st.sampled_from([name for _, name in EVENTS])
    | st.sampled_from(["application/cloudevents+json", "application/cloudevents-batch+json", "1.0"])
    | st.sampled_from([f"dev.cdevents.{name}.0.3.0" for name in CDEVENTS]),
    max_size=6,
)


def asked(intake: DeliveryReader, headers: Map[str, str], body: bytes) -> None:
    """Verified and read; only what the port names may come of it."""
    with contextlib.suppress(Forbidden):
        intake.verify(headers, body, "sesame")
    with contextlib.suppress(Invalid):
        received = intake.read(headers, body, NAMES, NOW)
        assert received.what
        assert len(received.what) <= 200
        assert bool(received.facts or received.heads) + bool(received.kept) + bool(received.nothing) == 1


@pytest.mark.parametrize("kind", KINDS)
@given(headers=HEADERS, body=st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(kind: str, headers: dict[str, str], body: bytes) -> None:
    """Nothing else happens, whatever comes."""
    asked(INTAKES[kind], headers, body)


JSON = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", KINDS)
@given(headers=HEADERS, told=JSON)
def test_any_json_is_read_or_refused(kind: str, headers: dict[str, str], told: object) -> None:
    """Nothing else happens, whatever comes."""
    asked(INTAKES[kind], headers, json.dumps(told).encode())


@pytest.mark.parametrize(("kind", "headers", "payload"), GOOD, ids=lambda each: each if isinstance(each, str) else "")
@given(data=st.data())
def test_a_good_payload_with_something_odd_in_it_is_read_or_refused(
    kind: str, headers: dict[str, str], payload: dict[str, Any], data: st.DataObject
) -> None:
    """One place of a payload, however deep, holds something else."""
    spoilt = json.loads(json.dumps(payload))
    place = spoilt
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(ODD)
        break
    asked(INTAKES[kind], headers, json.dumps(spoilt).encode())


@pytest.mark.parametrize("kind", KINDS)
def test_nesting_without_end_is_refused(kind: str) -> None:
    """The reader does not fall over it."""
    for header, name in EVENTS:
        for body in (b"[" * 100_000, b'{"a":' * 100_000):
            with pytest.raises(Invalid):
                INTAKES[kind].read({header: name}, body, NAMES, NOW)
            break


@pytest.mark.parametrize("kind", KINDS)
def test_an_intake_is_called_what_its_connections_are(kind: str) -> None:
    """By its kind."""
    assert INTAKES[kind].kind == kind
