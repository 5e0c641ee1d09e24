"""Shapes read documents whole, and say everything that is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from andon.kernel.errors import Invalid, Problem
from andon.standards.reading import ReadContext
from andon.standards.shapes import (
    Either,
    Key,
    ListOf,
    Named,
    Table,
    Text,
    Whole,
    YesOrNo,
    describe,
    nearest,
    quoted,
)
from andon.standards.toml import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Inn:
    """What the tests read."""

    name: str
    beds: int
    open: bool
    guests: tuple[str, ...]
    prices: tuple[tuple[str, int], ...]


def no_blanks(text: str) -> str:
    """A word."""
    if " " in text:
        raise Invalid(Problem(message="has a blank.", remedy="Take it out."))
    return text


WORD = Text(parse=no_blanks)
INN = Table(
    make=Inn,
    keys={
        "name": Key(shape=WORD, meaning="Over the door.", default="?", required='Like name = "star".'),
        "beds": Key(shape=Whole(least=1, most=9), meaning="How many.", default=1),
        "open": Key(shape=YesOrNo(), meaning="Now.", default=True),
        "guests": Key(
            shape=Either(text=Text(parse=lambda text: (text,)), other=ListOf(item=WORD, example='["ada"]')),
            meaning="Who.",
            default=(),
        ),
        "prices": Key(shape=Named(name=no_blanks, item=Whole(least=0, most=99)), meaning="Of what.", default=()),
    },
)


def judge_nothing(inn: Inn, here: ReadContext) -> None:
    """No rule between the parts."""


def problems(text: str) -> list[str]:
    """Everything that is wrong with it, by line and column."""
    with pytest.raises(Invalid) as caught:
        INN.read_document(read(text, "f"), judge_nothing)
    return [f"{p.where.partition(':')[2]} {p.message} {p.remedy}".strip() for p in caught.value.problems]


def test_a_good_document_is_a_record() -> None:
    """With defaults for what is not given."""
    inn = INN.read_document(read('name = "star"\nguests = "ada"\nprices = { bed = 5 }', "f"), judge_nothing)
    assert inn == Inn(name="star", beds=1, open=True, guests=("ada",), prices=(("bed", 5),))


def test_every_problem_is_said_at_once_in_the_order_of_the_file() -> None:
    """Nobody fixes one to see the next."""
    text = 'beds = 12\nopen = "yes"\nguests = ["ada", 3, "b c"]\nname = 1\nprices = { "a b" = true }\ngest = 1'
    assert problems(text) == [
        "1:8 expected a whole number from 1 to 9, found the number 12.",
        '2:8 expected true or false, found "yes".',
        '3:18 expected text in quotes, found the number 3. Write "3".',
        "3:21 has a blank. Take it out.",
        '4:8 expected text in quotes, found the number 1. Write "1".',
        "5:12 has a blank. Take it out.",
        "5:20 expected a whole number from 0 to 99, found true.",
        '6:1 unknown key "gest". Known here: name, beds, open, guests, prices.',
    ]


def test_an_unknown_key_that_looks_like_a_free_one_is_a_slip() -> None:
    """The missing key is then not missed as well."""
    assert problems('nmae = "star"') == ['1:1 unknown key "nmae". Did you mean "name"?']


def test_a_missing_key_says_what_to_write() -> None:
    """It has no place but the file's."""
    assert problems("beds = 2") == ['name is missing. Like name = "star".']


@pytest.mark.parametrize("value", ["1", '"x"', "[]", "1979-05-27"])
def test_a_table_is_expected_where_a_table_is_meant(value: str) -> None:
    """What is there instead is said."""
    (problem,) = problems(f'name = "star"\nprices = {value}')
    assert problem.startswith("2:10 expected a table, found ")


def test_booleans_are_no_numbers() -> None:
    """Although Python says so."""
    assert problems('name = "a"\nbeds = true') == ["2:8 expected a whole number from 1 to 9, found true."]


def test_a_list_may_not_be_too_short() -> None:
    """An empty list where one is needed."""
    here = ReadContext(document=read("a = []", "f"), place=("a",))
    assert ListOf(item=WORD, least=1, example='["x"]').read([], here) == ()
    assert [p.message for p in here.problems] == ["this list is empty."]


def test_a_judge_sees_the_whole_record() -> None:
    """Rules between the parts are said with the rest."""

    def judge(inn: Inn, here: ReadContext) -> None:
        here.below("beds").wrong("too many.")

    with pytest.raises(Invalid, match="too many"):
        INN.read_document(read('name = "a"\nbeds = 9', "f"), judge)


def test_what_stands_at_a_place_can_be_asked() -> None:
    """Also when nothing does."""
    here = ReadContext(document=read("a = [1, { b = 2 }]", "f"))
    assert here.below("a").below(1).below("b").value() == 2
    assert here.below("a").below(7).value() is None
    assert here.below("a").below("x").value() is None


@pytest.mark.parametrize(
    "data", [{"name": "star"}, {"name": "star", "guests": ["ada"], "prices": {"bed": 1}, "open": False}]
)
def test_the_json_schema_allows_what_is_read(data: dict[str, object]) -> None:
    """Editors and Andon agree."""
    Draft202012Validator.check_schema(INN.schema())
    assert Draft202012Validator(INN.schema()).is_valid(data)


@pytest.mark.parametrize(
    "data", [{}, {"name": 1}, {"name": "a", "x": 1}, {"name": "a", "beds": 10}, {"name": "a", "open": 1}]
)
def test_the_json_schema_forbids_what_is_refused(data: dict[str, object]) -> None:
    """As far as a schema can say it."""
    assert not Draft202012Validator(INN.schema()).is_valid(data)


def test_the_nearest_word_is_near() -> None:
    """A guess that is not likely is not made."""
    assert nearest("need", ["run", "needs"]) == "needs"
    assert nearest("xyz", ["run", "needs"]) == ""


def test_what_was_found_is_harmless_to_a_terminal() -> None:
    """Quoted text is cut and has no control characters."""
    assert quoted("\x1b[31m" + "x" * 100) == '"�[31m' + "x" * 54 + '…"'
    assert describe([]) == "a list"
