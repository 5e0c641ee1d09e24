"""Files of facts: the good rows are taken, the broken are named and counted, and none is lost unseen."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid, Problem
from andon.tools.measurement import importing
from andon.tools.measurement.adapters.intake_github import GitHubIntake
from andon.tools.measurement.importing import (
    MOST_IGNORED,
    FactFile,
    Read,
    Tally,
    pieces,
    refuse_broken,
    saved_deliveries,
    table_called,
)
from andon.tools.measurement.model.facts import Deployment, Fact
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.tables.import_row import TABLES
from tests.tools.measurement.adapters.payloads_github import deployment_status, push

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COMMIT = "a1" * 20
HEADING = b"id,service,environment,commit,finished_at\r\n"


def row(number: int, *, at: str = "") -> bytes:
    """A deployment, one a minute."""
    text = at or (NOON + timedelta(minutes=number)).isoformat()
    return f"{number},shop,production,{number + 1:040x},{text}\r\n".encode()


def taken(read: Iterator[Read]) -> tuple[list[Fact], Tally]:
    """All of a file."""
    tally = Tally(most_shown=3)
    return [fact for piece in pieces(read, tally) for fact in piece], tally


def deployments() -> FactFile:
    """A file of them."""
    return FactFile("old", TABLES["deployments"])


def test_broken_rows_are_named_and_counted_and_the_others_are_taken() -> None:
    """The first of them with line, column and what was expected; the rest as a number."""
    rows = [row(number, at="yesterday" if number % 3 == 0 else "") for number in range(30)]
    facts, tally = taken(deployments().csv([HEADING, *rows, b"1,2\r\n"]))
    assert (len(facts), tally.taken, tally.broken) == (20, 20, 11)
    assert [str(problem).split(":")[0] for problem in tally.shown] == [
        f"line {line}, finished_at" for line in (2, 5, 8)
    ]
    with pytest.raises(Invalid) as error:
        refuse_broken(tally)
    assert "11 rows are broken (8 of them are not shown), so nothing was imported, not even the 20 good rows." in str(
        error.value
    )


def test_a_file_without_broken_rows_is_taken_whole() -> None:
    """Some rows at a time."""
    tally = Tally()
    sizes = [len(piece) for piece in pieces(deployments().csv([HEADING, *map(row, range(1001))]), tally)]
    refuse_broken(tally)
    assert (sizes, tally.taken, tally.broken) == ([500, 500, 1], 1001, 0)


def test_memory_does_not_grow_with_the_file() -> None:
    """Ten times as many rows, one in ten of them broken, need no more."""

    def peak(count: int) -> int:
        rows = (row(number, at="never" if number % 10 == 0 else "") for number in range(count))
        tracemalloc.start()
        for _ in pieces(deployments().csv(_with_heading(rows)), Tally()):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < 2 * peak(2_000)


def _with_heading(rows: Iterator[bytes]) -> Iterator[bytes]:
    yield HEADING
    yield from rows


def test_the_three_forms_say_the_same() -> None:
    """CSV, JSON, and JSON with an object a line, with numbers and lists as JSON has them."""
    told = {"id": 7, "service": "shop", "environment": "production", "commit": COMMIT, "finished_at": 1772366400}
    told |= {"rollback": True, "mends": ["6", "pager/1"], "line": None}
    heading = "id,service,environment,commit,finished_at,rollback,mends,line"
    text = f"{heading}\n7,shop,production,{COMMIT},1772366400,yes,6 pager/1,"
    (from_csv,), _ = taken(deployments().csv([text.encode()]))
    for form in (
        deployments().json([json.dumps([told]).encode()]),
        FactFile("old").json([json.dumps({"deployments": [told]}).encode()]),
        deployments().json_lines([json.dumps(told).encode()]),
        FactFile("old").json_lines([json.dumps({"table": "deployments", **told}).encode()]),
    ):
        assert taken(form)[0] == [from_csv]
    assert isinstance(from_csv, Deployment)
    assert (from_csv.id, from_csv.mends, from_csv.rollback) == ("old/7", ("old/6", "pager/1"), True)


def test_broken_objects_are_named() -> None:
    """By their line, or by their place in the list; the others are taken."""
    good = {"service": "shop", "environment": "production", "commit": COMMIT, "finished_at": "2026-03-01T12:00:00Z"}
    lines = [json.dumps(good), "{", "[]", json.dumps({**good, "finished_at": {}}), "", json.dumps({"table": "x"})]
    facts, tally = taken(FactFile("old", TABLES["deployments"]).json_lines(["\n".join(lines).encode()]))
    assert (len(facts), [str(problem) for problem in tally.shown]) == (
        1,
        [
            "line 2: this is no JSON: Input data was truncated.",
            "line 3: expected an object, found a list.",
            "line 4, finished_at: expected text, a number, true, false, or a list of texts.",
        ],
    )
    facts, tally = taken(FactFile("old").json([json.dumps({"deployments": [good, {}]}).encode()]))
    assert (len(facts), str(tally.shown[0]).split(":")[0]) == (1, "deployments[1], service")


def test_what_means_nothing_is_noted() -> None:
    """A column or key may be misspelt, so it is said once."""
    csv = deployments()
    taken(csv.csv([b"service,environment,version,finished_at,mitigated\n", b"shop,production,1,1772366400,x\n"]))
    assert csv.ignored == {"mitigated"}
    lines = deployments()
    taken(lines.json_lines([b'{"servise": "shop"}']))
    assert lines.ignored == {"servise"}


def test_keys_that_are_made_up_for_each_row_do_not_fill_memory() -> None:
    """Enough of them are named for a person to see what is wrong."""
    lines = deployments()
    taken(lines.json_lines(f'{{"made up {number}": 1}}\n'.encode() for number in range(2 * MOST_IGNORED)))
    assert len(lines.ignored) == MOST_IGNORED


def test_a_json_file_that_memory_should_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read whole; the remedy is named."""
    monkeypatch.setattr(importing, "LARGEST_WHOLE", 10)
    with pytest.raises(Invalid, match=r"one object a line \(\.jsonl\)"):
        taken(deployments().json([b"[", b" " * 10, b"]"]))


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: FactFile("old").csv([HEADING]), "A CSV file holds one table"),
        (lambda: deployments().csv([b"id,when\n"]), 'there is no column "service"'),
        (lambda: deployments().json([b"{"]), "the file: this is no JSON"),
        (lambda: FactFile("old").json([b'{"parties": []}']), '"parties" cannot be imported: expected one of commits'),
        (lambda: FactFile("old").json([b"[]", b""]), ""),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused(read: object, said: str) -> None:
    """Before any row is taken."""
    assert callable(read)
    if not said:
        assert taken(read()) == ([], Tally(most_shown=3))
        return
    with pytest.raises(Invalid) as error:
        taken(read())
    assert said in str(error.value)


def test_a_table_is_asked_for_by_its_name() -> None:
    """Tasks come with their runs, so they are none that can be imported."""
    assert table_called("incidents") is TABLES["incidents"]
    with pytest.raises(Invalid, match='"tasks" cannot be imported'):
        table_called("tasks")


def saved(payload: object, event: str = "deployment_status", **more: object) -> bytes:
    """A delivery as it is written to a file."""
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1"}
    return json.dumps({"headers": headers, "body": payload, **more}).encode() + b"\n"


def test_saved_webhooks_are_read_like_those_that_come() -> None:
    """The body as JSON or as the text that came; broken lines are named."""
    lines = [
        saved(deployment_status()),
        saved(json.dumps(deployment_status()), received_at="2026-03-01T12:00:00Z"),
        saved(push(), "push"),
        saved({}, "galaxy"),
        saved({}, "push"),
        b"not even JSON\n",
        b'{"headers": {"X-GitHub-Event": 5}, "body": {}}\n',
        saved("{", "push"),
    ]
    read = list(saved_deliveries(lines, GitHubIntake(), Mapping(source="hub"), NOON))
    first, second, third, fourth, *broken = read
    assert isinstance(first, ReadDelivery)
    assert isinstance(third, ReadDelivery)
    assert isinstance(fourth, ReadDelivery)
    assert first == second
    assert (len(first.facts), len(third.heads), bool(fourth.kept)) == (1, 1, True)
    assert [str(problem).split(":")[0] for problem in broken if isinstance(problem, Problem)] == [
        "line 5, the payload",
        "line 6",
        "line 7, headers[...]",
        "line 8, the payload",
    ]


@given(st.binary(max_size=200), st.sampled_from(["csv", "json", "json_lines"]))
def test_any_file_is_read_or_refused(content: bytes, form: str) -> None:
    """Whatever stands in it, nothing but rows, problems and Invalid come of it."""
    read = {"csv": deployments().csv, "json": deployments().json, "json_lines": deployments().json_lines}[form]
    try:
        facts, tally = taken(read([HEADING, content] if form == "csv" else [content]))
    except Invalid:
        return
    assert len(facts) == tally.taken
    assert tally.broken >= len(tally.shown)


def test_the_examples_of_the_reference_are_good() -> None:
    """What the page about files shows can be imported as it stands there."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "import-format.md").read_text()
    csv, lines, deliveries = re.findall(r"```(?:text|json)\n(.*?)```", page, re.DOTALL)[:3]
    for read, count in ((deployments().csv([csv.encode()]), 2), (FactFile("old").json_lines([lines.encode()]), 2)):
        facts, tally = taken(read)
        assert (len(facts), tally.shown) == (count, [])
    (delivery,) = saved_deliveries([deliveries.encode()], GitHubIntake(), Mapping(source="hub"), NOON)
    assert isinstance(delivery, ReadDelivery)
    assert delivery.nothing == "GitHub greets: the webhook is set up."
