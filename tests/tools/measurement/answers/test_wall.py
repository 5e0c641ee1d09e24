"""Throughput, stability and security are of the same deployments."""

from __future__ import annotations

from andon.kernel.ids import RepositoryName
from andon.tools.measurement.answers.sentences import wall_sentence
from andon.tools.measurement.answers.wall import RuleCount, Wall, wall
from andon.tools.measurement.model.facts import Fact, FactId, Publication, RuleRefusal, SecurityFinding
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question
from tests.tools.measurement.telling import REPOSITORY, SHOP, WEEK, commit_id, deployed, hour


def of(*facts: Fact, now: float = 100) -> Wall:
    """The wall of the shop, so many hours after noon."""
    return wall(History(facts), Question(place=SHOP, window=WEEK), hour(now))


def published(number: int, at: float, *, provenance: bool = True) -> Publication:
    """The artifact that the deployment with this number brings."""
    return Publication(
        id=FactId(f"a/{number}"),
        service=SHOP.service,
        repository=REPOSITORY,
        commit=commit_id(number),
        digest=f"digest of {number}",
        version=f"D{number}",
        at=hour(at),
        provenance=provenance,
    )


def finding(number: int, at: float, fixed: float | None = None, repository: str = REPOSITORY) -> SecurityFinding:
    """A weakness."""
    return SecurityFinding(
        id=FactId(f"w/{number}"),
        repository=RepositoryName(repository),
        title=f"W{number}",
        severity="high",
        opened_at=hour(at),
        fixed_at=None if fixed is None else hour(fixed),
    )


def test_provenance_is_counted_over_what_is_known() -> None:
    """A deployment whose artifact nobody published here is no proof and no lack of it."""
    found = of(published(1, 0), published(2, 1, provenance=False), deployed(1, 2), deployed(2, 3), deployed(3, 4))
    assert (found.security.published, found.security.proven, found.deployments) == (2, 1, 3)
    assert [one.provenance for one in found.newest] == [None, False, True]


def test_what_runs_is_the_last_that_succeeded() -> None:
    """With its age since publication and since deployment."""
    found = of(published(1, 0), deployed(1, 2), deployed(2, 3, outcome="failure"), now=10)
    assert found.runs
    assert found.runs.version == "D1"
    assert (found.runs_age_seconds, found.runs_since_seconds) == (36000, 28800)


def test_findings_are_those_of_what_is_deployed() -> None:
    """Open at the end, fixed in the window, and open when each deployment was made."""
    found = of(
        deployed(1, 2), deployed(2, 6), finding(1, 1, 5), finding(2, 3), finding(3, 3, repository="another"), now=10
    )
    assert [one.title for one in found.security.open_findings] == ["W2"]
    assert (found.security.fixed_findings, found.security.fix_seconds) == (1, 14400)
    assert [one.open_findings for one in found.newest] == [1, 1]


def test_refusals_are_counted_by_rule() -> None:
    """The busiest first, only those of the window, and only of rules that keep artifacts and rights."""
    rules = (("same-artifact", 1), ("signed", 2), ("same-artifact", 3), ("same-artifact", 300), ("one-way-round", 4))
    told = (RuleRefusal(id=FactId(f"r/{at}"), rule=rule, what="promote", by="ada", at=hour(at)) for rule, at in rules)
    found = of(deployed(1, 0), *told)
    assert found.security.refusals == (RuleCount(name="same-artifact", count=2), RuleCount(name="signed", count=1))


def test_no_findings_where_nobody_tells_of_them_is_no_data() -> None:
    """Green is for what somebody looked after."""
    silent, told = of(deployed(1, 2)), of(published(1, 0), deployed(1, 2), finding(1, 1, 5))
    assert (silent.security.findings_told, told.security.findings_told) == (False, True)
    assert wall_sentence(silent).colour == "grey"
    assert "no security findings reported" in wall_sentence(silent).words
    assert (wall_sentence(told).colour, "no finding open" in wall_sentence(told).words) == ("green", True)


def test_before_the_first_deployment_nothing_runs() -> None:
    """And nothing is known of its age."""
    found = of()
    assert (found.runs, found.runs_age_seconds, found.newest) == (None, None, ())
