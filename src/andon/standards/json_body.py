"""A JSON text as a record of known shape; what is wrong with it is said with its place."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from andon.kernel.errors import Invalid, Problem
from andon.standards.instants import EXPECTED

T = TypeVar("T")

_AT = re.compile(r" - at `(.*)`$")
_TYPES = {"str": "text", "int": "a whole number", "float": "a number", "object": "an object", "array": "a list"}
_TYPES |= {"bool": "true or false", "null": "null", "datetime": "a time with its zone"}


def decode(decoder: msgspec.json.Decoder[T], body: bytes | msgspec.Raw, what: str) -> T:
    """The record. Errors: Invalid, with `what` naming the text: where it is wrong and what was expected there."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid(_problem(str(error), what)) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Invalid(Problem(where=what, message=f"this is no JSON: {error}.")) from None
    except RecursionError:
        raise Invalid(
            Problem(where=what, message="this is no JSON that anybody meant: it is nested too deep.")
        ) from None


def _problem(message: str, what: str) -> Problem:
    """msgspec's sentence, in our words."""
    found = _AT.search(message)
    place = found.group(1).removeprefix("$").removeprefix(".") if found else ""
    said = _AT.sub("", message)
    return Problem(where=f"{what}: {place}" if place else what, message=f"{_plain(said)}.")


def _plain(said: str) -> str:
    said = said.replace("Object missing required field", "expected a field")
    said = said.replace("Expected", "expected").replace(", got", ", found")
    if "RFC3339" in said or "timezone" in said:
        return EXPECTED
    return re.sub(r"`(\w+)(?: \| null)?`", _word, said)


def _word(found: re.Match[str]) -> str:
    name = found.group(1)
    return _TYPES.get(name, f'"{name}"')
