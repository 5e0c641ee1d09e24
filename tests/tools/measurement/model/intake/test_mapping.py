"""Names of other tools, and what they are here."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.ids import EnvironmentName, RepositoryName, ServiceName, parse_name
from andon.tools.measurement.model.intake.mapping import Mapping, NamedEnvironment, NamedService, plain_name
from andon.tools.measurement.model.intake.texts import LONGEST_TEXT, commit_in, first_line, web_address

PRODUCTION = EnvironmentName("production")
NAMES = Mapping(
    source="our-hub",
    services=(
        NamedService(pattern="octo/shop", service=ServiceName("shop")),
        NamedService(pattern="octo/*-api", service=ServiceName("apis"), repository=RepositoryName("all-apis")),
    ),
    environments=(NamedEnvironment(pattern="prod*", environment=PRODUCTION),),
    default_environment=EnvironmentName("somewhere"),
    deploying=(NamedEnvironment(pattern="deploy*", environment=PRODUCTION),),
    tags=(NamedEnvironment(pattern="v*", environment=PRODUCTION),),
)


def test_the_first_pattern_that_fits_counts() -> None:
    """Case does not count, and what fits nothing keeps its own name."""
    assert NAMES.service("Octo/Shop") == "shop"
    assert (NAMES.service("octo/pay-api"), NAMES.repository("octo/pay-api")) == ("apis", "all-apis")
    assert (NAMES.service("octo/My Site"), NAMES.repository("octo/My Site")) == ("my-site", "my-site")
    assert NAMES.environment("Prod-EU") == "production"
    assert NAMES.environment("Review/Feature 7") == "review-feature-7"


def test_where_nothing_is_named_the_default_stands_in() -> None:
    """A sender that knows no environments has one all the same, where a person said which."""
    assert NAMES.environment("") == "somewhere"
    assert Mapping(source="x").environment("") == ""


def test_pipelines_and_tags_deploy_only_where_that_was_said() -> None:
    """Nothing is taken for a deployment by itself."""
    assert (NAMES.deployed_by("Deploy to all"), NAMES.deployed_by("tests")) == ("production", None)
    assert (NAMES.deployed_as("v2.15"), Mapping(source="x").deployed_as("v2.15")) == ("production", None)


def test_ids_begin_with_the_connection() -> None:
    """So that two tools never mean the same fact by accident."""
    assert NAMES.fact("deployment", 7) == "our-hub/deployment/7"


@given(st.text(max_size=200))
def test_any_name_becomes_a_name_of_ours_or_none(theirs: str) -> None:
    """It can stand in an address and in a file."""
    name = plain_name(theirs)
    if name:
        assert parse_name(name, "a service") == name
    assert plain_name(name) == name


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "//x.example", "http://", "https://[", "ftp://x", "https://x.example/" + "a" * 2000]
)
def test_only_addresses_of_the_web_are_kept(text: str) -> None:
    """A link of somebody else's is shown to people: it must not run anything."""
    assert not web_address(text)
    assert web_address("https://x.example/a") == "https://x.example/a"


def test_no_commit_is_no_commit() -> None:
    """Zeros, branches and short ids are not taken for one."""
    assert commit_in("a" * 40) == "a" * 40
    assert [commit_in(text) for text in ("0" * 40, "main", "a" * 7, "A" * 40, "", None)] == [None] * 6


@given(st.text())
def test_what_is_said_is_one_short_line(text: str) -> None:
    """However much it was."""
    line = first_line(text)
    assert len(line) <= LONGEST_TEXT
    assert "\n" not in line


@given(st.text(max_size=90))
def test_plain_names_are_those_that_parse(text: str) -> None:
    """A name that is fine already stays as it is."""
    with contextlib.suppress(Invalid):
        assert plain_name(parse_name(text, "a service")) == text
