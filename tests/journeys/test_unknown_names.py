"""A name that matches nothing is an error that helps: every word of every call, and each page and command that filters.

A new parameter without a row below fails: say what a wrong name is told, or why any text is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .world import World, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

WRONG = "nothing-of-this-name"
#: any text is right: what is searched for, what is sent to be kept, and times and numbers, which have parsers
ANY_TEXT = {"text", "source", "since", "from", "to", "as_of", "kept", "system", "target", "period", "table"}
#: names that the call itself makes, or that may come later and are told until they do
MAY_COME = {
    ("PUT", "/api/v1/secrets/{environment}/{service}/{name}", "service"),
    ("PUT", "/api/v1/secrets/{environment}/{service}/{name}", "name"),
    ("PUT", "/api/v1/measurement/connections/{name}", "name"),
    ("GET", "/api/v1/names/{name}/objection", "name"),
    ("GET", "/api/v1/names/{name}/objection", "repository"),
}
#: a name of each kind that is there
THERE = {
    "environment": "test",
    "service": "shop",
    "repository": "shop",
    "name": "shop",
    "account": "root",
    "number": "1",
    "task": "test",
    "commit": "0",
}
#: query parameter -> how the error of a wrong name begins
TOLD = {
    "account": "There is no account",
    "as": f'"{WRONG}" is no definition',
    "branch": "There is no branch",
    "chain": "There is no change",
    "deliveries_of": f'There is no connection "{WRONG}"',
    "environment": "There is no environment",
    "form": "form: there is no choice",
    "format": "format: there is no choice",
    "repository": "There is no repository",
    "service": "There is no service",
    "stream": "There is no stream",
    "type": "There is no type of entry",
    "version": f"No log of version {WRONG}",
}


@pytest.fixture(scope="module")
def server(shared: World) -> World:
    """A server with shop in test."""
    shop = shared.clone("shop")
    shop.commit("One", service("shop"))
    assert shop.push().code == 0
    shared.becomes_live("test", "shop", "1.1")
    return shared


def calls(server: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every call of the API, but the door for other tools."""
    paths = server.house.get("/api/openapi.json")["paths"]
    return (
        (method.upper(), path, call)
        for path, methods in paths.items()
        for method, call in methods.items()
        if path.startswith("/api/v1/") and "/intake/" not in path
    )


def words(call: dict[str, Any], where: str) -> list[str]:
    """The names of its parameters that are text."""
    found = (one for one in call.get("parameters", ()) if one["in"] == where)
    return [one["name"] for one in found if one["schema"].get("type") == "string"]


def address(path: str, **given: str) -> str:
    """The path with a name that is there in each place, or with what is given."""
    for name, value in (THERE | given).items():
        path = path.replace(f"{{{name}}}", value)
    return path


def error_of(server: World, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = server.house.ask(method, path, body=body)
    return answer.status_code, answer.json()["error"]["reason"] if answer.status_code >= 400 else ""


def test_an_unknown_parameter_or_field_is_an_error_in_every_call(server: World) -> None:
    """With those that there are; nothing is done."""
    for method, path, call in calls(server):
        assert error_of(server, method, address(path) + f"?{WRONG}=1") >= (400, f'there is no parameter "{WRONG}"'), (
            path
        )
        if "application/json" in call.get("requestBody", {}).get("content", {}):
            code, said = error_of(server, method, address(path), {WRONG: 1})
            assert (code, f'there is no field "{WRONG}" here.' in said) == (400, True), (method, path, said)


def test_every_parameter_that_names_something_is_told_when_nothing_has_the_name(server: World) -> None:
    """One row a parameter; a new one without a row fails."""
    for method, path, call in calls(server):
        for word in words(call, "query"):
            if word in ANY_TEXT or (method, path, word) in MAY_COME:
                continue
            assert word in TOLD, f"{method} {path}?{word}= has no row"
            code, said = error_of(server, method, f"{address(path)}?{word}={WRONG}")
            assert code in {400, 404}, (method, path, word, said)
            if method == "GET":
                print(code, method, path, word, said)


def test_every_name_in_an_address_is_told_when_nothing_has_it(server: World) -> None:
    """No call answers with an empty list, or does something, for a name that is not there."""
    for method, path, call in calls(server):
        for word in words(call, "path"):
            if (method, path, word) not in MAY_COME:
                code, said = error_of(
                    server, method, address(path, **{word: WRONG}), None if method in {"GET", "DELETE"} else {}
                )
                print(code, method, path, word, said)
                assert code in {400, 404, 409}, (method, path, word, said)
