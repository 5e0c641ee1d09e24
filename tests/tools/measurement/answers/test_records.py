"""The records of numbers, as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from andon.tools.measurement.answers.numbers import numbers
from andon.tools.measurement.answers.records import evidence_page, metric_summary, numbers_report
from andon.tools.measurement.model.history import History
from tests.tools.measurement.telling import asked, commit, deployed, measured


def history() -> History:
    """Nine commits, each deployed; the first is the seed."""
    commits = (commit(number, *([number - 1] if number > 1 else []), at=number) for number in range(1, 10))
    return History([*commits, *(deployed(number, number + 0.5) for number in range(1, 10))])


def printed(record: object) -> Any:
    """As the API prints it."""
    return msgspec.json.decode(msgspec.json.encode(record))


def test_everything_but_the_rows_in_one_document() -> None:
    """What was asked, the numbers with their samples and reasons, and the trends."""
    document = printed(numbers_report(numbers(history(), asked())))
    assert document["question"] == {
        "service": "shop",
        "environment": "production",
        "from": "2026-03-02T12:00:00Z",
        "to": "2026-03-09T12:00:00Z",
        "as": "dora",
        "as_of": None,
    }
    lead = document["metrics"][0]
    assert (lead["id"], lead["value"], lead["n"], lead["counted"]) == ("change-lead-time", 1800.0, 8, 8)
    assert lead["excluded"] == [{"reason": lead["excluded"][0]["reason"], "rows": 1}]
    assert set(lead["spread"]) == {"median", "p85", "p95", "mean"}
    assert document["trends"][0]["points"][1] == {"begin": "2026-03-09T00:00:00Z", "value": None, "n": 0}


def test_no_data_is_null() -> None:
    """Never 0."""
    assert metric_summary(measured(History(), "change-lead-time")).value is None


def test_rows_come_in_pages() -> None:
    """Each says how many there are, where it begins and where the next one does."""
    metric = measured(history(), "change-lead-time")
    page = printed(evidence_page(metric.counted, first=4, most=3))
    assert (page["total"], page["first"], page["next"], len(page["rows"])) == (8, 4, 7, 3)
    assert page["rows"][0] == {
        "fact": "d/5",
        "name": "0000000",
        "commit": f"{5:040x}",
        "at": "2026-03-02T17:00:00Z",
        "value": 1800.0,
        "why": "deployed by D5",
        "link": "",
    }
    last = printed(evidence_page(metric.counted, first=7, most=3))
    assert (last["next"], len(last["rows"])) == (None, 2)
    assert printed(evidence_page(metric.counted, first=99)) == {"total": 8, "first": 99, "next": None, "rows": []}


def test_what_was_left_out_has_its_reason_above_its_rows() -> None:
    """Go and see."""
    left_out = measured(history(), "change-lead-time").excluded[0]
    page = printed(evidence_page(left_out.rows, reason=left_out.reason))
    assert next(iter(page)) == "reason"
    assert page["reason"].startswith("seed: ")
    assert [row["commit"] for row in page["rows"]] == [f"{1:040x}"]
