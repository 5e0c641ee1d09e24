"""Places of keys and values agree with what the standard library's parser reads."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.standards.toml import basic_string, read
from andon.standards.toml_places import Place, TooDeepError, find_places


def shown(text: str) -> dict[Place, tuple[str, str]]:
    """What the key's and the value's spots cover, by place."""
    places = find_places(text)
    return {
        place: (text[key.start : key.end], text[value.start : value.end])
        for place, key in places.keys.items()
        for value in [places.values.get(place, key)]
    }


def test_a_key_and_its_value_have_places() -> None:
    """The spot of a key is the key, the spot of a value is the value without what stands around it."""
    assert shown("a  =  1.5  # one") == {("a",): ("a", "1.5")}


def test_a_dotted_key_has_a_place_for_each_part() -> None:
    """a.b.c names three things, and each can be pointed at."""
    assert shown("a . 'b'.c = 1") == {("a",): ("a", "a"), ("a", "b"): ("'b'", "'b'"), ("a", "b", "c"): ("c", "1")}


def test_inline_tables_and_lists_have_places_inside() -> None:
    """Members of lists are counted from 0; tables in them have keys."""
    places = find_places('k = ["x", { y = [1, 2] }, ]')
    assert set(places.values) == {("k",), ("k", 0), ("k", 1), ("k", 1, "y"), ("k", 1, "y", 0), ("k", 1, "y", 1)}


def test_tables_of_an_array_are_counted() -> None:
    """A [[table]] is a member of a list, and what follows belongs to the last."""
    text = "[[env]]\nname = 1\n[[env]]\nname = 2\n[env.sub]\nx = 3\n[[env.list]]\ny = 4\n"
    places = find_places(text)
    assert text[places.values["env", 1, "name"].start] == "2"
    assert text[places.values["env", 1, "sub", "x"].start] == "3"
    assert text[places.values["env", 1, "list", 0, "y"].start] == "4"


def test_tables_may_come_in_any_order() -> None:
    """A table below another may be written before it; the place of the upper one is then its own header."""
    text = "[a.b]\nx = 1\n[c]\n[a]\ny = 2\n"
    places = find_places(text)
    assert text[places.values["a", "y"].start] == "2"
    assert places.keys["a",].start == text.index("[a]") + 1
    assert places.keys["a", "b"].start == text.index("b")


@pytest.mark.parametrize(
    "value",
    [
        '"""a\n"b" ""c"""',
        "'''a\n'b'''''",
        '""',
        "''",
        '""""""',
        '"\\""',
        '"""\\""""',
        "1979-05-27 07:32:00Z",
        "[[1], []]",
        "{}",
    ],
)
def test_every_kind_of_value_is_walked_whole(value: str) -> None:
    """What follows a value is found, whatever quotes the value has in it."""
    text = f"a = {value} # c\nb = 1"
    tomllib.loads(text)
    assert shown(text)["a",][1] == value
    assert ("b",) in shown(text)


def test_a_walk_that_cannot_go_on_ends_quietly() -> None:
    """What is no TOML is for the parser to complain about; the places before it are kept."""
    assert set(find_places("a = 1\nb 2\nc = 3").keys) == {("a",), ("b",)}


@pytest.mark.parametrize(
    "text", ["a" + ".a" * 5000 + " = 1", "a = " + "[" * 5000, "a = " + "{b=" * 5000, "[a" + ".a" * 99 + "]"]
)
def test_depth_is_limited_before_the_parser_is_asked(text: str) -> None:
    """The parser would take minutes or fall into the stack."""
    with pytest.raises(TooDeepError):
        find_places(text)


_KEYS = st.text(min_size=1, max_size=6)
_VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.text(max_size=8), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=8,
)
_DOCUMENTS = st.dictionaries(
    _KEYS, st.one_of(_VALUES, st.lists(st.dictionaries(_KEYS, _VALUES), min_size=1, max_size=3))
)


def written(value: object) -> str:
    """The value as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return basic_string(value)
        case list():
            return "[ " + ",\n".join(written(item) for item in value) + " ]"
        case dict():
            return "{ " + ", ".join(f"{basic_string(key)} = {written(item)}" for key, item in value.items()) + " }"
        case _:
            return str(value)


def document(data: dict[str, object]) -> str:
    """The data as TOML, lists of tables as [[tables]]."""
    pairs, tables = [], []
    for key, value in data.items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for item in value:
                inner = "".join(f"{basic_string(k)} = {written(v)}\n" for k, v in item.items())
                tables.append(f"[[{basic_string(key)}]] # table\n{inner}")
        else:
            pairs.append(f"{basic_string(key)} = {written(value)}\n")
    return "".join(pairs + tables)


def all_places(value: object, place: Place = ()) -> Iterator[Place]:
    """Where data has anything."""
    if place:
        yield place
    if isinstance(value, dict):
        for key, item in value.items():
            yield from all_places(item, (*place, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from all_places(item, (*place, index))


@given(_DOCUMENTS)
def test_everything_that_the_parser_reads_has_a_place(data: dict[str, object]) -> None:
    """No value of any document is without a line and a column."""
    text = document(data)
    read_back = read(text, "any.toml")
    assert read_back.data == data
    places = read_back.places
    assert set(all_places(data)) == places.keys.keys() | places.values.keys()
