"""What holds of every history: the order of telling, each commit once, the past as it was, and nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.answers.numbers import numbers
from andon.tools.measurement.answers.records import evidence_page, numbers_report
from andon.tools.measurement.model.facts import Change, Commit, Deployment, Fact, FactId, Incident
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from andon.tools.measurement.model.numbers.definitions import DEFINITIONS
from andon.tools.measurement.model.numbers.lead_time import Attribution
from andon.tools.measurement.model.numbers.place_history import incident_as_of
from tests.tools.measurement.telling import NOON, SHOP, asked, case, change, commit, deployed, hour, incident

HOURS = st.integers(0, 400)
WHOLE = Window(begin=NOON, end=hour(500))
AS = st.sampled_from(sorted(DEFINITIONS))


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Commits in any shape, deployments of some of them and of unknown ones, incidents and changes."""
    size = draw(st.integers(1, 12))
    facts: list[Fact] = []
    for number in range(size):
        parents = draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
        facts.append(commit(number, *sorted(parents), at=draw(HOURS), authored=draw(HOURS)))
    # no two at the same instant: which of those came first, only the order of telling says
    times = draw(st.lists(HOURS, unique=True, max_size=10))
    facts += [draw(deployments(number, at, size)) for number, at in enumerate(times)]
    facts += [draw(incidents(number, len(times))) for number in range(draw(st.integers(0, 4)))]
    for number in range(draw(st.integers(0, min(size, 3)))):
        merged = draw(HOURS)
        facts.append(change(number, merged - draw(HOURS) / 10, merged))
    return facts


def deployments(number: int, at: int, commits: int) -> st.SearchStrategy[Deployment]:
    """Of any commit, and one that is never told; with every kind of ending and remark."""
    named = st.lists(st.integers(0, number + 1).map(lambda one: FactId(f"d/{one}")), max_size=2, unique=True)
    return st.builds(
        lambda of, outcome, rollback, mends, line: deployed(
            number, at + 0.5, of=of, outcome=outcome, rollback=rollback, mends=tuple(mends), line=line
        ),
        st.integers(0, commits),
        st.sampled_from(["success"] * 4 + ["failure", "cancel"]),
        st.booleans(),
        named,
        st.sampled_from(["", "", "", "1.0"]),
    )


def incidents(number: int, known: int) -> st.SearchStrategy[Incident]:
    """With and without a cause and an end."""
    causes = st.lists(st.integers(0, known).map(lambda one: FactId(f"d/{one}")), max_size=2, unique=True)
    return st.builds(
        lambda at, lasts, by: incident(number, at, None if lasts is None else at + lasts, caused_by=tuple(by)),
        HOURS,
        st.none() | st.integers(0, 100),
        causes,
    )


def answered(facts: list[Fact], definition: str, as_of: datetime | None = None) -> object:
    """Everything that can be seen of the numbers; rows in any order, for commits of one deployment have none."""
    found = numbers(History(facts), asked(definition, WHOLE, as_of))
    rows = []
    for metric in found.metrics:
        groups = [("", metric.counted), *((one.reason, one.rows) for one in metric.excluded)]
        rows.append([(reason, sorted(map(repr, evidence_page(some).rows))) for reason, some in groups])
    report = numbers_report(found)
    return report.metrics, report.trends, report.notes, rows


@given(histories(), AS, st.randoms(use_true_random=False))
def test_the_order_of_telling_does_not_matter(facts: list[Fact], definition: str, random: Random) -> None:
    """Late webhooks, early ones, and every fact twice."""
    shuffled = [*facts, *facts]
    random.shuffle(shuffled)
    assert answered(shuffled, definition) == answered(facts, definition)


@given(histories(), st.data())
def test_numbers_that_grew_are_the_numbers_of_the_whole(facts: list[Fact], data: st.DataObject) -> None:
    """Asked after every fact, in any order, the last answer is that of a history that was told at once."""
    history = History()
    for fact in data.draw(st.permutations(facts)):
        history.add(fact)
        for definition in ("dora", "datadog"):
            numbers(history, asked(definition, WHOLE))
    for definition in ("dora", "datadog"):
        fresh = numbers(History(facts), asked(definition, WHOLE))
        assert numbers_report(numbers(history, asked(definition, WHOLE))) == numbers_report(fresh)


@given(histories())
def test_every_commit_is_counted_at_most_once(facts: list[Fact]) -> None:
    """Whatever is rolled back and forth."""
    brought = case(History(facts), asked(window=WHOLE)).firsts
    counts = Counter(zip(brought.repositories, brought.commits, strict=True))
    assert set(counts.values()) <= {1}


def cut(facts: list[Fact], at: datetime) -> list[Fact]:
    """What had happened by then: commits are known from the deployments that have them."""
    left: list[Fact] = []
    for fact in facts:
        if isinstance(fact, Commit) or (isinstance(fact, Deployment) and fact.finished_at < at):
            left.append(fact)
        elif isinstance(fact, Incident):
            left += [known for known in [incident_as_of(fact, at)] if known]
        elif isinstance(fact, Change):
            landed = fact.merged_at is not None and fact.merged_at < at
            left.append(fact if landed else replace(fact, merged_at=None))
    return left


@given(histories(), AS, st.integers(-10, 510))
def test_as_of_is_a_history_that_ends_there(facts: list[Fact], definition: str, hours: int) -> None:
    """Asked for a past date, the numbers are those that were shown then."""
    at = NOON + timedelta(hours=hours)
    assert answered(facts, definition, at) == answered(cut(facts, at), definition, at)


@given(histories(), AS)
def test_what_counts_and_what_does_not_is_all(facts: list[Fact], definition: str) -> None:
    """Every deployment of the window and every commit that came with one is in exactly one of the lists."""
    history = History(facts)
    found = case(history, asked(definition, WHOLE))
    frequency, lead = (
        next(one for one in numbers(history, found.question).metrics if one.id == name)
        for name in ("deployment-frequency", "change-lead-time")
    )
    for metric in numbers(history, found.question).metrics:
        by_weeks = metric.sample == "weeks"
        incidents = metric.id == "change-fail-rate" and found.definition.fail_rate == "incidents of all"
        assert by_weeks or len(metric.counted) == metric.n + incidents * len(found.incidents)
    of = [row.fact for rows in (frequency.counted, *(one.rows for one in frequency.excluded)) for row in rows]
    assert sorted(of) == sorted(one.id for one in history.deployments(SHOP))
    if found.definition.lead_of == "commits":
        commits = [row.commit for rows in (lead.counted, *(one.rows for one in lead.excluded)) for row in rows]
        assert not ids(found.attribution) - Counter(commits)


def ids(brought: Attribution) -> Counter[object]:
    """Every commit that came, as often as it did."""
    graphs = brought.graphs
    return Counter(graphs[graph].ids[one] for graph, one in zip(brought.repositories, brought.commits, strict=True))
