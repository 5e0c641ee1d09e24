"""Which artifacts are there?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, ArtifactName, ChainId, EventId, Version, stream
from andon.tools.artifacts.events import VersionNotTagged, VersionTagged
from andon.tools.artifacts.model.artifact import NOUN
from andon.tools.artifacts.views import Artifacts

from .conftest import NOW
from .model.test_artifact import PUBLISH, commit, digest

SHOP = ArtifactName("shop")
(FIRST,) = PUBLISH.decide(NOUN.initial, NOW)
SECOND = replace(FIRST, version=Version("1.2"), digest=digest(2), commit=commit(2), size_bytes=20)
OTHER = replace(FIRST, name=ArtifactName("billing"), digest=digest(3))


def envelope(event: object, position: int) -> Envelope[object]:
    """An event that happened."""
    return Envelope(
        position=position,
        sequence=position,
        id=EventId(str(position)),
        stream=stream("artifact", "shop"),
        type="",
        at=NOW,
        actor=Actor("andon/flow"),
        cause=None,
        chain=ChainId(""),
        event=event,
    )


@pytest.fixture
def artifacts() -> Artifacts:
    """Two versions of shop, one of billing."""
    view = Artifacts()
    for position, event in enumerate((FIRST, OTHER, "something else", SECOND), start=1):
        view.apply(envelope(event, position))
    return view


def test_the_newest_of_each(artifacts: Artifacts) -> None:
    """By name, each with its newest version, and who published it when."""
    assert [(each.published.name, each.published.version) for each in artifacts.newest()] == [
        ("billing", "1.1"),
        ("shop", "1.2"),
    ]
    newest = artifacts.versions(SHOP)[0]
    assert (newest.published_at, newest.published_by, newest.position) == (NOW, "andon/flow", 4)


def test_by_name_version_and_digest(artifacts: Artifacts) -> None:
    """Every way to ask for a version finds the same one."""
    second = artifacts.version(SHOP, "1.2")
    assert second.published == SECOND
    assert artifacts.version(SHOP, digest(2)) == second


def test_what_is_not_there(artifacts: Artifacts) -> None:
    """Unknown names and versions say where to look."""
    with pytest.raises(NotFound, match="andon artifacts"):
        artifacts.versions(ArtifactName("nothing"))
    with pytest.raises(NotFound, match="andon artifacts shop"):
        artifacts.version(SHOP, "9.9")


def test_tags_are_told(artifacts: Artifacts) -> None:
    """Tagged, not tagged, or not yet."""
    artifacts.apply(envelope(VersionTagged(name=SHOP, version=Version("1.1"), digest=digest(1)), 5))
    artifacts.apply(envelope(VersionNotTagged(name=SHOP, version=Version("1.2"), digest=digest(2), reason="x"), 6))
    assert [each.tagged for each in artifacts.versions(SHOP)] == [False, True]
    assert artifacts.versions(ArtifactName("billing"))[0].tagged is None


def test_an_artifact_that_is_not_there_is_an_error_with_what_was_meant() -> None:
    """Or with the command that lists all."""
    artifacts = Artifacts()
    artifacts.apply(envelope(FIRST, 1))
    with pytest.raises(NotFound, match=r'There is no artifact "shpo"\. Did you mean "shop"'):
        artifacts.versions(ArtifactName("shpo"))
