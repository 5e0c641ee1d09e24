"""Which tags are releases: told by their names, or by a pattern."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.ids import CommitId
from andon.tools.measurement.model.releases.repository import Tag
from andon.tools.measurement.model.releases.tags import (
    BESIDE,
    NO_NUMBER,
    NOT_MEANT,
    PRELIMINARY,
    RARE,
    ChosenTags,
    by_name,
    matching,
    natural,
    shapes,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def tags(*names: str) -> list[Tag]:
    """One a day."""
    return [
        Tag(name=name, commit=CommitId(f"{day:040x}"), at=BEGIN + timedelta(days=day), annotated=True)
        for day, name in enumerate(names)
    ]


def taken(chosen: ChosenTags) -> dict[str, list[str]]:
    """Names by what they are releases of."""
    return {family: [tag.name for tag in of] for family, of in chosen.families.items()}


@pytest.mark.parametrize(
    "name",
    [
        *("v1.2.3", "1.0", "2024.05.01", "20240501", "release_451", "release-2024-05-01", "Release/1.2", "rel1"),
        *("REL_9_6_1", "shop-1.0", "shop@1.0.0", "v1.2.3-4", "1.0.0.post1", "v1.0-final", "3.0.0.RELEASE", "1.1.1g"),
        *("deploy-2024-05-01", "prod/12", "v1.0+build.7", "version 3", "stable/2.1"),
    ],
)
def test_what_is_named_like_a_release_is_one(name: str) -> None:
    """Numbers with or without a word that says nothing more."""
    assert taken(by_name(tags(name), "shop")) == {"": [name]}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *(
            (name, PRELIMINARY)
            for name in ("v1.0-rc1", "1.0.0-alpha", "2.0b1", "1.0.dev3", "v2.0.0-beta.2", "1.0-SNAPSHOT")
        ),
        *(
            (name, NO_NUMBER)
            for name in ("latest", "nightly", "nightly-2024-05-01", "backup-1", "before-move", "pr-12")
        ),
        *((name, NO_NUMBER) for name in ("deadbeef1", "debian/1.0-1", "tmp1", "")),
    ],
)
def test_what_is_none_is_left_out_with_a_reason(name: str, reason: str) -> None:
    """Preliminary versions do not reach users; other names are no releases."""
    chosen = by_name(tags(name), "shop")
    assert (chosen.families, [(one.reason, one.names) for one in chosen.left_out]) == ({}, [(reason, (name,))])


def test_parts_of_a_repository_are_kept_apart() -> None:
    """Where tags of several prefixes are set side by side, each is a service of its own."""
    chosen = by_name(tags("api-1.0", "web/v1", "api-1.1", "web/v2", "api-1.2", "web/v3", "till-7"), "shop")
    assert taken(chosen) == {"api": ["api-1.0", "api-1.1", "api-1.2"], "web": ["web/v1", "web/v2", "web/v3"]}
    assert [(one.reason, one.names) for one in chosen.left_out] == [(RARE, ("till-7",))]


def test_a_name_that_changed_is_one_service_still() -> None:
    """Tags of one prefix that begin when those of another end."""
    names = ("server-1.0", "server-1.1", "server-1.2", "v2.0", "v2.1", "v2.2")
    assert taken(by_name(tags(*names), "shop")) == {"": list(names)}


def test_tags_of_deployments_count_before_versions() -> None:
    """A version that is tagged again when it is deployed is not deployed twice."""
    chosen = by_name(tags("v1.0", "deploy-1", "v1.1", "deploy-2"), "shop")
    assert taken(chosen) == {"": ["deploy-1", "deploy-2"]}
    assert [(one.reason, one.names) for one in chosen.left_out] == [(BESIDE, ("v1.0", "v1.1"))]


def test_a_pattern_takes_what_it_matches_and_nothing_else() -> None:
    """Preliminary or not; several patterns take what any of them matches."""
    given = tags("v1.0", "v1.1-rc1", "nightly", "release_1")
    assert taken(matching(given, ("v*", "night*"))) == {"": ["v1.0", "v1.1-rc1", "nightly"]}
    assert [(one.reason, one.names) for one in matching(given, ("v*",)).left_out] == [
        (NOT_MEANT, ("nightly", "release_1"))
    ]
    assert matching(given, ("V*", "[", "")).families == {}


def test_releases_of_one_instant_stand_in_the_order_of_their_numbers() -> None:
    """9 before 10."""
    same = [Tag(name=name, commit=CommitId("a"), at=BEGIN, annotated=True) for name in ("r_10", "r_9", "r_100")]
    assert taken(by_name(same, "shop")) == {"": ["r_9", "r_10", "r_100"]}
    assert sorted(["r_10", "r_9", "r_1", "a", "r_0"], key=natural) == ["a", "r_0", "r_1", "r_9", "r_10"]


def test_a_number_of_any_length_has_its_place() -> None:
    """Somebody else's server may name a tag as it likes."""
    assert natural("v" + "1" * 5000) > natural("v" + "9" * 4999) > natural("v007") == natural("v7")


def test_shapes_say_what_names_look_like() -> None:
    """The most frequent first."""
    assert shapes(["v1", "v2", "release_3", "nightly"]) == (("v*", 2), ("release_*", 1), ("nightly", 1))
