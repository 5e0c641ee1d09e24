"""CDEvents of all versions are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from andon.kernel.errors import Invalid
from andon.standards.cdevents import EventType, parse_cdevent, parse_type
from andon.standards.cdevents_out import STANDARD_TYPES, Outgoing, custom_type, print_cdevent, standard_type

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "cdevents-0.5.1"
EXAMPLES = sorted([*FOLDER.glob("conformance/*.json"), FOLDER / "custom" / "conformance.json"])
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def event(**context: object) -> dict[str, Any]:
    """A small one, with parts of its context changed."""
    told = {"specversion": "0.5.1", "id": "7", "source": "/ci", "type": "dev.cdevents.service.deployed.0.3.0"}
    return {
        "context": {**told, "timestamp": "2026-03-01T12:00:00Z", **context},
        "subject": {"id": "shop", "content": {"environment": {"id": "production"}}},
    }


def read(told: object) -> Any:
    """Through JSON."""
    return parse_cdevent(json.dumps(told).encode())


@pytest.mark.skipif(not FOLDER.is_dir(), reason="NOT TESTED: the published examples of CDEvents 0.5.1 are not here")
def test_every_published_example_is_read() -> None:
    """All 45 examples of the standard, and the custom one."""
    assert len(EXAMPLES) == 46
    for file in EXAMPLES:
        told = json.loads(file.read_bytes())
        found = parse_cdevent(file.read_bytes())
        assert found.type.name == ".".join(told["context"]["type"].split(".")[2:4]).rpartition("-")[2]
        assert (found.id, found.subject_id) == (told["context"]["id"], told["subject"]["id"])
        assert json.loads(found.content) == told["subject"]["content"]


@pytest.mark.parametrize("name", sorted(STANDARD_TYPES))
def test_what_is_printed_here_is_read_here(name: str) -> None:
    """Printing and reading agree."""
    out = Outgoing(id="7", type=standard_type(name), source="https://a.example", at=NOON, subject="shop", chain="c")
    found = read(print_cdevent(out))
    assert (found.id, found.source, found.at, found.subject_id) == ("7", "https://a.example", NOON, "shop")
    assert (found.type.name, found.chain, found.subject_source) == (name, "c", "https://a.example")


def test_older_versions_call_it_version() -> None:
    """Before 0.5 the context said "version", and types had other versions."""
    old = event(version="0.2.0", type="dev.cdevents.service.deployed.0.1.0")
    del old["context"]["specversion"]
    assert read(old).type == EventType(subject="service", predicate="deployed", version="0.1.0")


def test_types_are_taken_apart() -> None:
    """Standard types, drafts, and types of tools."""
    custom = custom_type("andon", "cord", "pulled")
    assert parse_type(custom) == EventType(subject="cord", predicate="pulled", version="0.1.0", tool="andon")
    draft = parse_type("dev.cdevents.pipelineRun.queued.0.2.0-draft")
    assert draft == EventType(subject="pipelinerun", predicate="queued", version="0.2.0-draft")
    assert parse_type("com.github.push") is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, 'expected a field "context"'),
        (event(type="org.example.happened"), 'context.type: "org.example.happened" is no type of a CDEvent'),
        (event(timestamp="2026-03-01T12:00:00"), "context.timestamp: expected a time with its zone"),
        (event(timestamp="0001-01-01T00:00:00Z"), "no time between 1970 and 2200"),
        (event(id=""), "context.id: this must not be empty"),
        (event(specversion=""), "expected specversion"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(told: object, said: str) -> None:
    """A sender can mend it from the message alone."""
    with pytest.raises(Invalid) as error:
        read(told)
    assert said in str(error.value)
