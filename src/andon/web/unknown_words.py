"""Words of a call that it has no use for: a misspelt filter would show everything, a misspelt field do something else.

What is allowed is read off the handler: the parameters of its address, the record of its body.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import islice
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from andon.kernel.errors import Invalid, Problem
from andon.standards.known import meant
from andon.standards.shapes import quoted

_API = "/api/"
MOST_TOLD = 20  #: problems of one call
MOST_ITEMS = 200  #: of a list that are looked at: one program writes them all alike


def known_parameters(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of the API's addresses; a door for other tools (public) takes what they add. Errors: Invalid."""
    if connection.url.path.startswith(_API) and not handler.opt.get("public"):
        known = _parameters(handler, frozenset(connection.path_params))
        _refuse(_in_table(dict(connection.query_params.items()), known, "parameter", ""))


def known_fields(body: object, handler: BaseRouteHandler) -> None:
    """What a body of JSON may hold, as its record says. Errors: Invalid."""
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is not None:
        _refuse(_in_value(body, data.annotation, ""))


def _refuse(problems: Iterator[Problem]) -> None:
    if told := tuple(islice(problems, MOST_TOLD)):
        raise Invalid(*told)


@cache
def _parameters(handler: BaseRouteHandler, path: frozenset[str]) -> Mapping[str, object]:
    """What the handler, and what it is given, asks of an address: names, and the types of the handler's own."""
    model = handler.create_kwargs_model(dict.fromkeys(path))  # type: ignore[arg-type]  # only the names are looked at
    own = handler.parsed_fn_signature.parameters
    return {
        one.field_alias: own[one.field_name].annotation if one.field_name in own else None
        for one in sorted(model.expected_query_params, key=lambda one: one.field_alias)
    }


@cache
def _fields(record: type) -> Mapping[str, object]:
    kinds = get_type_hints(record)
    return {one.name: kinds[one.name] for one in dataclasses.fields(record)}


def _in_table(table: Mapping[str, object], known: Mapping[str, object], what: str, where: str) -> Iterator[Problem]:
    for word, value in table.items():
        if word in known:
            yield from _in_value(value, known[word], f"{where}.{word}".removeprefix("."))
        else:
            yield _problem(word, known, what, where)


def _in_value(value: object, kind: object, where: str) -> Iterator[Problem]:
    """What is unknown in a value of this kind; what is wrong with it otherwise is said by whoever parses it."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and isinstance(value, dict):
        yield from _in_table(value, _fields(kind), "field", where)
    elif get_origin(kind) is Literal and isinstance(value, str) and value not in get_args(kind):
        yield _problem(value, [str(one) for one in get_args(kind)], "choice", where)
    elif get_origin(kind) is UnionType:
        for one in get_args(kind):
            yield from _in_value(value, one, where)
    elif get_origin(kind) is tuple and isinstance(value, list):
        for index, item in enumerate(value[:MOST_ITEMS]):
            yield from _in_value(item, get_args(kind)[0], f"{where}[{index}]")


def _problem(word: str, known: Collection[str], what: str, where: str) -> Problem:
    remedy = meant(word, known, what) if known else "Nothing is asked for here."
    return Problem(where=where, message=f"there is no {what} {quoted(word)} here.", remedy=remedy)
