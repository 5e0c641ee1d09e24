"""The API of secrets: set, list, remove. No call gives a value back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.kernel.secret_forms import not_masked
from andon.tools.infra.model.secret import RemoveSecret, SetSecret, parse_place
from andon.tools.infra.vault import Vault
from andon.tools.infra.views import KnownSecrets, SecretKnown
from andon.web.who import Who


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewSecret:
    """The value to keep; without a repr, so that no log and no traceback can show it."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretShown(SecretKnown):
    """A secret, and whether anything can get it."""

    #: what is wrong although it is kept: nobody knows the service, the value is not masked in logs; "" when nothing is
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKept(SecretShown):
    """A secret that was set just now."""

    #: when the service gets it, and what to do
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretGone:
    """A secret that was removed just now."""

    #: when the service misses it, and what to do
    when: str


@get("/api/v1/secrets", sync_to_thread=False, opt={"permission": "promote"})
def list_secrets(
    secrets: NamedDependency[KnownSecrets],
    environment: FromQuery[str] = "",
    service: FromQuery[str] = "",
) -> list[SecretShown]:
    """Names and fingerprints, and who set them when. Errors: NotFound."""
    return _shown(secrets, environment, service)


@get("/api/v1/secrets/{environment:str}/{service:str}", sync_to_thread=False, opt={"permission": "promote"})
def list_secrets_of(
    environment: FromPath[str],
    service: FromPath[str],
    secrets: NamedDependency[KnownSecrets],
) -> list[SecretShown]:
    """The secrets of one service in one environment. Errors: NotFound."""
    return _shown(secrets, environment, service)


def _shown(secrets: KnownSecrets, environment: str, service: str) -> list[SecretShown]:
    return [
        SecretShown(**_facts(one), warning=secrets.places.unmatched(one.environment, one.service))
        for one in secrets.chosen(environment, service)
    ]


def _facts(known: SecretKnown) -> dict[str, Any]:
    return {each.name: getattr(known, each.name) for each in fields(known)}


@put("/api/v1/secrets/{environment:str}/{service:str}/{name:str}", opt={"gives": SetSecret})
async def set_secret(  # noqa: PLR0913, PLR0917  (three parts of an address)
    environment: FromPath[str],
    service: FromPath[str],
    name: FromPath[str],
    data: JSONBody[NewSecret],
    who: NamedDependency[Who],
    vault: NamedDependency[Vault],
    secrets: NamedDependency[KnownSecrets],
) -> SecretKept:
    """Keep a value; what serves restarts with it where the environment is automatic. Errors: Invalid, NotFound."""
    place, places = parse_place(environment, service, name), secrets.places
    places.check_environment(place.environment)
    known = await vault.set(place, data.value, by=who)
    unmasked = not_masked(data.value)
    warnings = (
        places.unmatched(place.environment, place.service),
        f"The value is kept, but {unmasked}" if unmasked else "",
    )
    return SecretKept(
        **_facts(known),
        warning=" ".join(filter(None, warnings)),
        when=vault.when(place),
    )


@delete(
    "/api/v1/secrets/{environment:str}/{service:str}/{name:str}", status_code=HTTP_200_OK, opt={"gives": RemoveSecret}
)
async def remove_secret(
    environment: FromPath[str],
    service: FromPath[str],
    name: FromPath[str],
    who: NamedDependency[Who],
    vault: NamedDependency[Vault],
) -> SecretGone:
    """Forget a value; what serves restarts without it where the environment is automatic."""
    place = parse_place(environment, service, name)
    await vault.remove(place, by=who)
    return SecretGone(when=vault.when(place))


HANDLERS = (list_secrets, list_secrets_of, set_secret, remove_secret)
