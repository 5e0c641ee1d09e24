"""A file cannot say what only others saw; another server's facts come under a name of their own."""

from __future__ import annotations

from andon.kernel.errors import Problem
from andon.tools.measurement.model.facts import Fact, FactId
from andon.tools.measurement.model.intake.fact_owner import OF_THE_LEDGER, apart, not_by
from tests.tools.measurement.telling import commit, deployed, incident

LEDGER = FactId("ledger/p-1")
OTHERS = OF_THE_LEDGER | {"gh"}


def test_what_another_tells_is_not_taken_from_a_file() -> None:
    """It is named with what to do; who is not known here may have told anything."""
    told = [deployed(1, 1, id=LEDGER), deployed(2, 2, id=FactId("gh/2")), deployed(3, 3, id=FactId("ours/3"))]
    first, second, *rest = not_by([*told, deployed(4, 4, id=FactId("elsewhere/4"))], "ours", OTHERS)
    assert isinstance(first, Problem)
    assert isinstance(second, Problem)
    assert (first.where, first.message) == ("id ledger/p-1", 'only "ledger" tells that here.')
    assert "--as NAME" in first.remedy
    assert [fact.id for fact in rest if not isinstance(fact, Problem)] == ["ours/3", "elsewhere/4"]


def test_a_file_may_refer_to_what_the_ledger_told() -> None:
    """An incident by a deployment that was promoted here."""
    told = incident(1, 1, id=FactId("ours/1"), caused_by=(LEDGER,))
    assert list(not_by([told, commit(1)], "ours", OTHERS)) == [told, commit(1)]


def test_another_server_s_facts_keep_together_under_one_name() -> None:
    """Also what they refer to; commits are the same everywhere."""
    told: list[Fact | Problem] = [
        deployed(1, 1, id=LEDGER, mends=(FactId("ledger/p-0"),)),
        incident(1, 1, id=FactId("gh/1"), caused_by=(LEDGER,)),
        commit(1),
        Problem(message="broken"),
    ]
    once = list(apart(told, "berlin"))
    assert once == [
        deployed(1, 1, id=FactId("berlin/ledger/p-1"), mends=(FactId("berlin/ledger/p-0"),)),
        incident(1, 1, id=FactId("berlin/gh/1"), caused_by=(FactId("berlin/ledger/p-1"),)),
        commit(1),
        Problem(message="broken"),
    ]
    assert list(apart(once, "berlin")) == once
    assert list(not_by(once, "berlin", OTHERS)) == once
