"""Ids: what is one, what is none, and what a stream's name says."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.ids import (
    NO_CHAIN,
    CommitId,
    RepositoryName,
    chain_in,
    chain_of,
    parse_commit,
    parse_digest,
    parse_name,
    short,
    stream,
    stream_key,
    stream_kind,
)

COMMIT = CommitId("a" * 40)


@pytest.mark.parametrize("name", ["shop", "a", "web-2", "shop.v2", "a_b", "x" * 64])
def test_a_plain_name_is_one(name: str) -> None:
    """Letters, digits, and . _ - inside."""
    assert parse_name(name, "a service") == name


@pytest.mark.parametrize("name", ["", "Shop", "-a", "a-", "a/b", "a..b", "x" * 65, "a b", "é", "a\n"])
def test_what_is_no_name_is_refused_with_what_it_was_for(name: str) -> None:
    """Nothing that could lead out of a folder, an address or a line."""
    with pytest.raises(Invalid, match="no name for a service"):
        parse_name(name, "a service")


@given(st.text(max_size=80))
def test_whatever_passes_as_a_name_is_one_part_of_a_path(text: str) -> None:
    """Names become folders: none is hidden, none goes up, none has a separator."""
    try:
        name = parse_name(text, "anything")
    except Invalid:
        return
    assert name.isascii()
    assert not set(name) & set("/\\ \n\0")
    assert not name.startswith((".", "-"))


@pytest.mark.parametrize("text", ["a" * 39, "A" * 40, "g" * 40, "a" * 41, "main", ""])
def test_a_commit_is_named_whole(text: str) -> None:
    """Forty or sixty-four hexadecimal digits."""
    with pytest.raises(Invalid, match="no commit id"):
        parse_commit(text)


@pytest.mark.parametrize("text", ["sha256:" + "a" * 63, "sha512:" + "a" * 64, "a" * 64, "sha256:" + "A" * 64])
def test_a_digest_says_its_algorithm(text: str) -> None:
    """sha256 and sixty-four digits."""
    with pytest.raises(Invalid, match="no digest"):
        parse_digest(text)


def test_a_stream_says_its_kind_and_key() -> None:
    """The key may have slashes of its own."""
    of = stream("service", "production/shop")
    assert (of, stream_kind(of), stream_key(of)) == ("service/production/shop", "service", "production/shop")


def test_people_see_seven_digits() -> None:
    """Of a commit and of a digest alike."""
    assert (short(COMMIT), short("sha256:" + "b" * 64)) == ("aaaaaaa", "bbbbbbb")


@dataclass(frozen=True)
class Landed:
    """An event that names its own change."""

    repository: RepositoryName
    commit: CommitId


def test_an_event_that_names_its_change_has_its_chain() -> None:
    """Others take the chain of what led to them."""
    shop = RepositoryName("shop")
    assert chain_in(Landed(shop, COMMIT)) == chain_of(shop, COMMIT)
    assert chain_in(object()) == NO_CHAIN
