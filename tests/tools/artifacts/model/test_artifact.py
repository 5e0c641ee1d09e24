"""An artifact's versions: counted up, built once, tagged."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.decider import fold
from andon.kernel.ids import ArtifactName, CommitId, Digest, EffectKey, RepositoryName, RunNumber, ServiceName
from andon.tools.artifacts.model.artifact import (
    NOUN,
    Artifact,
    PublishArtifact,
    ReportVersionNotTagged,
    ReportVersionTagged,
    TagVersion,
    VersionNotTagged,
    VersionTagged,
)

from ..conftest import NOW


def digest(number: int) -> Digest:
    """Some digest."""
    return Digest(f"sha256:{number:064x}")


def commit(number: int) -> CommitId:
    """Some commit."""
    return CommitId(f"{number:040x}")


PUBLISH = PublishArtifact(
    name=ArtifactName("shop"),
    version_prefix="1",
    digest=digest(1),
    size_bytes=10,
    repository=RepositoryName("shop"),
    commit=commit(1),
    run=RunNumber(1),
    provenance=digest(100),
    service=ServiceName("shop"),
)


def after(*commands: PublishArtifact) -> Artifact:
    """The state after these commands."""
    state = NOUN.initial
    for command in commands:
        state = fold(state, command.decide(state, NOW))
    return state


def wishes(state: Artifact) -> tuple[TagVersion, ...]:
    """What the state wants."""
    found = tuple(NOUN.want(state, NOW))
    return tuple(each for each in found if isinstance(each, TagVersion))


def test_versions_count_up() -> None:
    """Each commit's artifact is the next version, counted for each prefix."""
    second = replace(PUBLISH, digest=digest(2), commit=commit(2))
    third = replace(PUBLISH, digest=digest(3), commit=commit(3), version_prefix="2")
    fourth = replace(PUBLISH, digest=digest(4), commit=commit(4))
    state = after(PUBLISH, second, third, fourth)
    assert [each.version for each in state.versions] == ["1.1", "1.2", "2.1", "1.3"]


def test_the_same_digest_again_changes_nothing() -> None:
    """A run that is done twice publishes once."""
    assert PUBLISH.decide(after(PUBLISH), NOW) == ()
    assert replace(PUBLISH, run=RunNumber(2)).decide(after(PUBLISH), NOW) == ()


def test_the_same_commit_id_in_another_repository_is_another_commit() -> None:
    """Repositories that share history each publish."""
    other = replace(PUBLISH, digest=digest(2), repository=RepositoryName("fork"))
    assert [each.version for each in after(PUBLISH, other).versions] == ["1.1", "1.2"]


def test_a_published_version_wants_its_tag() -> None:
    """Until the registry knows it by its version, that is wished for; then no more."""
    state = after(PUBLISH)
    (wish,) = wishes(state)
    assert (wish.key, wish.version, NOUN.is_open(state)) == ("tag/shop:1.1", "1.1", True)
    events = wish.done().decide(state, NOW)
    assert [type(each) for each in events] == [VersionTagged]
    tagged = fold(state, events)
    assert (wishes(tagged), NOUN.is_open(tagged)) == ((), False)


def test_a_tag_that_is_refused_is_remembered_and_not_tried_again() -> None:
    """The version stays: deployments go by digest."""
    state = after(PUBLISH)
    events = wishes(state)[0].failed("the tag names another digest").decide(state, NOW)
    assert [type(each) for each in events] == [VersionNotTagged]
    assert wishes(fold(state, events)) == ()


def test_late_reports_change_nothing() -> None:
    """A report whose wish is no longer there is ignored, whatever it says."""
    state = after(PUBLISH)
    done = fold(state, wishes(state)[0].done().decide(state, NOW))
    version = done.versions[0].version
    tagged = ReportVersionTagged(key=EffectKey("tag/shop:1.1"), version=version, digest=digest(1))
    assert tagged.decide(done, NOW) == ()
    failed = ReportVersionNotTagged(key=EffectKey("tag/shop:9.9"), version=version, reason="late")
    assert failed.decide(state, NOW) == ()


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.sampled_from(["1", "2", "1.0"])), max_size=20))
def test_whatever_is_published_versions_and_digests_stay_unique(asked: list[tuple[int, int, str]]) -> None:
    """One version, one digest, whatever comes in which order."""
    state = NOUN.initial
    for number, of_commit, prefix in asked:
        command = replace(PUBLISH, digest=digest(number), commit=commit(of_commit), version_prefix=prefix)
        state = fold(state, command.decide(state, NOW))
    for distinct in ("version", "digest"):
        assert len({getattr(each, distinct) for each in state.versions}) == len(state.versions)
