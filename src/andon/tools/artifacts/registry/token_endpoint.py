"""/v2/token: a password or long-lived token becomes a short-lived one for exactly what was asked for and is allowed.

Sources: the distribution project's "Token Authentication Specification" (GET with Basic) and "OAuth2 Token
Authentication" (POST with grant_type=password or refresh_token).
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs

from andon.standards.oci import is_name, print_json
from andon.tools.artifacts.model.grant import Grant
from andon.tools.artifacts.ports import LentToken
from andon.tools.artifacts.registry.complaints import Complaint
from andon.tools.artifacts.registry.credentials import Access, presented
from andon.tools.artifacts.registry.exchange import RegistryExchange

FORM = "application/x-www-form-urlencoded"
FORM_LIMIT_BYTES = 64 * 1024
MOST_SCOPES = 100
#: which field of the form holds the key
KEYS = {"password": "password", "refresh_token": "refresh_token"}


async def give_token(exchange: RegistryExchange, access: Access) -> None:
    """Answer with a new token. Errors: Complaint."""
    key: str | None
    if exchange.method == "POST":
        form = await _form(exchange)
        key, scopes = _key_in(form), form.get("scope", [])
    elif exchange.method == "GET":
        key, scopes = presented(exchange), exchange.query.get("scope", [])
    else:
        raise Complaint(405, "UNSUPPORTED", f"{exchange.method} is not for this path.", {"allow": "GET, POST"})
    grant = access.grant_of(key)
    asked = [one for text in scopes for one in text.split()]
    if len(asked) > MOST_SCOPES:
        raise Complaint(400, "UNSUPPORTED", f"A token is for at most {MOST_SCOPES} scopes; this call names more.")
    allowed = [(name, may) for name, actions in _read(asked) if (may := _allowed(grant, name, actions))]
    lent = access.lender.lend(grant, " ".join(_in_grant(allowed)))
    await exchange.reply(
        200, {"content-type": "application/json", "cache-control": "no-store"}, _body(lent, allowed, exchange.method)
    )


def _body(lent: LentToken, allowed: Iterable[tuple[str, list[str]]], method: str) -> bytes:
    said: dict[str, object] = {
        "access_token": lent.token,
        "expires_in": int(lent.lasts.total_seconds()),
        "issued_at": f"{lent.issued_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    if method == "POST":
        said["scope"] = " ".join(f"repository:{name}:{','.join(actions)}" for name, actions in allowed)
    else:
        said["token"] = lent.token
    return print_json(said)


async def _form(exchange: RegistryExchange) -> dict[str, list[str]]:
    if exchange.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Complaint(400, "UNSUPPORTED", f"Expected a form, with the content type {FORM}.")
    body = await exchange.whole_body(FORM_LIMIT_BYTES, "A request for a token")
    try:
        return parse_qs(body.decode(), max_num_fields=MOST_SCOPES + 20)
    except ValueError:  # UnicodeDecodeError is one too
        raise Complaint(400, "UNSUPPORTED", "The form cannot be read: expected UTF-8 and few fields.") from None


def _key_in(form: dict[str, list[str]]) -> str:
    kind = form.get("grant_type", [""])[0]
    if kind not in KEYS:
        message = f'"{kind[:40]}" is no grant_type here: use password or refresh_token.'
        raise Complaint(400, "UNSUPPORTED", message)
    return form.get(KEYS[kind], [""])[0]


def _read(scopes: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    """Names and actions of the scopes that are of repositories: "repository:shop:pull,push"."""
    for scope in scopes:
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        if kind == "repository" and is_name(name):
            yield name, actions.split(",")


def _allowed(grant: Grant, name: str, actions: Iterable[str]) -> list[str]:
    may = {"pull": grant.may_pull(name), "push": grant.may_push(name)}
    return [action for action in may if action in actions and may[action]]


def _in_grant(allowed: Iterable[tuple[str, list[str]]]) -> Iterable[str]:
    return (f"{action}:{name}" for name, actions in allowed for action in actions)
