"""A name that matches nothing is an error that helps: every word of every call, and each page and command that filters.

A new parameter without a row below fails: say what a wrong name is told, or why any text is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from andon import command_line, command_table

from .world import World, service

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

WRONG = "nothing-of-this-name"
#: any text is right: what is searched for, what is sent to be kept, and times and numbers, which have parsers
ANY_TEXT = {"q", "text", "source", "since", "from", "to", "as_of", "kept", "system", "target", "period", "table"}
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
#: what else each call needs to come to the name; its own other names are there
BODIES: dict[str, dict[str, object]] = {
    "POST /api/v1/names/{name}/transfer": {"repository": "shop"},
    "POST /api/v1/accounts": {"account": "bob", "role": "developer", "kind": "person"},
    "PUT /api/v1/accounts/{account}/role": {"role": "admin"},
    "POST /api/v1/tokens": {"scopes": ["read"], "account": "root"},
    "POST /api/v1/login-links": {"account": "root"},
    "POST /api/v1/repositories/{name}/trunk": {"branch": "trunk"},
    "POST /api/v1/approvals": {"repository": "shop", "commit": "0" * 40},
    "POST /api/v1/runs": {"repository": "shop", "commit": "0" * 40},
    "POST /api/v1/promotions": {"service": "shop", "environment": "production", "version": "1.1"},
    "POST /api/v1/rollbacks": {"service": "shop", "environment": "test", "version": "1.1"},
    "POST /api/v1/cord": {"reason": "why", "scope": "line"},
    "POST /api/v1/cord/release": {"reason": "why", "scope": "line"},
    "POST /api/v1/services/{service}/removal": {"environment": "test"},
    "POST /api/v1/restarts": {"service": "shop", "environment": "test"},
    "PUT /api/v1/measurement/connections/{name}": {"kind": "github", "default_environment": ""},
    "POST /api/v1/measurement/improvements": {
        "title": "a",
        "metric": "cycle-time",
        "target": 1,
        "by": "2999-01-01",
        "service": "shop",
        "environment": "test",
        "definition": "dora",
        "over": "",
    },
}
#: fields that are text of any kind, the name of what is made, or another tool's own names
FREE = {
    "reason",
    "note",
    "value",
    "learned",
    "question",
    "title",
    "because",
    "by",
    "currency",
    "secret",
    "clones_from",
    "over",
}
MADE = {
    ("POST /api/v1/accounts", "account"),
    ("POST /api/v1/repositories", "name"),
    ("POST /api/v1/repositories", "trunk"),
    ("PUT /api/v1/measurement/connections/{name}", "default_environment"),
}
#: options whose text is free, has a parser of its own, or names what is made
FREE_OPTIONS: set[str] = set()
#: page and the filter that it shares with a call
PAGES = {
    "/runs": ("/api/v1/runs", ("repository", "branch")),
    "/ledger": ("/api/v1/ledger", ("stream", "type", "chain")),
}
PLAN = "kaizen plan title --metric cycle-time --to 1h --by 2999-01-01 --service shop"
#: command and the text that names something -> the command line up to it
COMMANDS = {
    "up --tools": "up --port 0 --tools",
    "login --account": "login --account",
    "trace --commit": "trace",
    "runs --repository": "runs --repository",
    "runs --branch": "runs --branch",
    "logs --env": "logs shop --env",
    "logs --version": "logs shop --version",
    "measure --as": "measure --as",
    "measure --service": "measure --service",
    "measure --env": "measure --service shop --env",
    "measure --evidence": "measure --service shop --evidence",
    "measure --over": "measure --service shop --about overlay --over",
    "availability --service": "availability --service",
    "availability --env": "availability --service shop --env",
    "artifacts --name": "artifacts",
    "artifacts --version": "artifacts shop",
    "ledger list --stream": "ledger list --stream",
    "ledger list --type": "ledger list --type",
    "promote --service": "promote",
    "promote --env": "promote shop --env",
    "promote --version": "promote shop --version",
    "rollback --service": "rollback",
    "rollback --env": "rollback shop --env",
    "rollback --version": "rollback shop --version",
    "restart --service": "restart",
    "restart --env": "restart shop --env",
    "approve --repository": "approve --commit 0000000 --repository",
    "approve --commit": "approve shop",
    "repository trunk --name": "repository trunk --branch trunk --name",
    "repository trunk --branch": "repository trunk shop",
    "repository archive --name": "repository archive --because why --name",
    "repository unarchive --name": "repository unarchive --because why --name",
    "repository delete --name": "repository delete --because why --name",
    "service remove --name": "service remove",
    "service remove --env": "service remove shop --env",
    "service transfer --name": "service transfer --to shop --name",
    "service transfer --to": "service transfer shop --to",
    "cord pull --scope": "cord pull --reason why --scope",
    "cord release --scope": "cord release --reason why --scope",
    "kaizen plan --metric": "kaizen plan title --to 1h --by 2999-01-01 --service shop --metric",
    "kaizen plan --service": "kaizen plan title --metric cycle-time --to 1h --by 2999-01-01 --service",
    "kaizen plan --environment": f"{PLAN} --environment",
    "kaizen plan --as": f"{PLAN} --as",
    "connect add --kind": "connect add gh",
    "connect secret --name": "connect secret",
    "connect remove --name": "connect remove",
    "import --table": "import facts.csv --table",
    "import --deliveries-of": "import facts.csv --deliveries-of",
    "account role --name": "account role --role admin --name",
    "account remove --name": "account remove",
    "account logout --name": "account logout",
    "token create --account": "token create --account",
    "token list --account": "token list --account",
    "token revoke --token-id": "token revoke",
    "token revoke --account": "token revoke x --account",
    "secret set --environment": "secret set --service shop --name KEY --environment",
    "secret list --env": "secret list --env",
    "secret list --service": "secret list --service",
    "secret remove --environment": "secret remove --service shop --name KEY --environment",
    "secret remove --service": "secret remove test --name KEY --service",
    "secret remove --name": "secret remove test shop",
    "runs show": "runs show",
    "log": "log 1",
    "export": "export --csv out",
}
#: text that is free, or has a parser: reasons, times, shares; and names of what is made, or may come later
FREE_COMMANDS = {
    *("init --name", "runs cancel --reason", "log --find", "logs --since", "measure --since", "measure --until"),
    *("measure --as-of", "availability --target", "availability --period", "availability --until"),
    *("ledger verify --kept", "cord pull --reason", "cord release --reason", "kaizen plan --title", "kaizen plan --to"),
    *("kaizen plan --by", "kaizen plan --over", "kaizen plan --because", "kaizen keep --learned"),
    *("kaizen drop --learned", "pulse --ask", "feed --name", "feed --at", "connect add --name"),
    *(
        "import --as",
        "connect add --default-environment",
        "connect add --clones-from",
        "import --source",
        "price --currency",
    ),
    *("repository archive --because", "repository unarchive --because", "repository delete --because"),
    *("account add --name", "token create --note", "secret set --service", "secret set --name"),
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
            if path in {"/api/v1/ledger", "/api/v1/runs", "/api/v1/secrets", "/api/v1/tokens"}:
                assert said.startswith(TOLD[word]), said


def test_every_name_in_an_address_is_told_when_nothing_has_it(server: World) -> None:
    """No call answers with an empty list, or does something, for a name that is not there."""
    for method, path, call in calls(server):
        for word in words(call, "path"):
            if (method, path, word) not in MAY_COME:
                body = BODIES.get(f"{method} {path}", {}) if "requestBody" in call else None
                code, said = error_of(server, method, address(path, **{word: WRONG}), body)
                assert code in {400, 404, 409}, (method, path, word, said)


def test_every_name_in_a_body_is_told_when_nothing_has_it(server: World) -> None:
    """One row a call; a new field without a row fails."""
    records = server.house.get("/api/openapi.json")["components"]["schemas"]
    for method, path, call in calls(server):
        content = call.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        at = f"{method} {path}"
        record = records[content["schema"]["$ref"].rpartition("/")[2]]
        for field, kind in record["properties"].items():
            if kind.get("type") != "string" or field in FREE or (at, field) in MADE:
                continue
            assert field in BODIES.get(at, {}), f"{at}: {field} has no row"
            code, said = error_of(server, method, address(path), BODIES[at] | {field: WRONG})
            assert code in {400, 404, 409}, (at, field, said)
            assert WRONG in said or "Did you mean" in said, (at, field, said)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_filters_says_what_the_call_says(server: World, page: str) -> None:
    """In the same words, with the same number."""
    call, filters = PAGES[page]
    for word in filters:
        code, said = error_of(server, "GET", f"{call}?{word}={WRONG}")
        shown = error_of(server, "GET", f"{page}?{word}={WRONG}")
        assert shown == (code, said), (page, word)


def options() -> Iterator[tuple[str, str]]:
    """Every option that is text, of every command."""
    for name in command_table.COMMANDS:
        app = command_line._app()[name]
        apps = {name: app} | {f"{name} {below}": app[below] for below in app if not below.startswith("-")}
        for words, one in apps.items():
            if one.default_command is not None:
                for argument in one.assemble_argument_collection():
                    if argument.hint is str and argument.name.startswith("--"):
                        yield words, argument.name


def test_every_text_of_a_command_that_names_something_has_a_row() -> None:
    """A new one fails until it is tried below, or is said to be free."""
    found = {f"{command} {option}" for command, option in options()}
    assert found - COMMANDS.keys() - FREE_COMMANDS == set()
    assert found >= FREE_COMMANDS


@pytest.mark.parametrize("row", COMMANDS)
def test_a_command_says_it_and_fails(server: World, row: str) -> None:
    """Not an empty table and 0."""
    (server.house.home / "facts.csv").write_text("id,service,environment,at\n1,shop,test,2026-01-01\n")
    done = server.house.andon(*COMMANDS[row].split(), WRONG, stdin="value-of-it\n")
    assert done.code in {1, 2, 64}, done.out
    assert WRONG in done.err, done.err
