"""The API of secrets, and where values must never be seen."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs
from tests.callers import admin
from tests.doors import Doors

from andon.kernel.errors import PortError
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.infra.api import NewSecret
from andon.tools.infra.model.secret import SecretPlace, parse_place

pytestmark = pytest.mark.anyio

VALUE = "correct-horse-battery-staple"
PATH = "/api/v1/secrets/test/shop/DATABASE_URL"
TEST, SHOP = EnvironmentName("test"), ServiceName("shop")


async def test_a_secret_is_set_listed_and_removed(doors: Doors) -> None:
    """The list has name, fingerprint, when and who; the service gets the value."""
    await doors.account("ada", "operator")
    client = doors.client(token=(await doors.token("ada")).secret)
    made = await client.put(PATH, json={"value": VALUE})
    assert made.status_code == 200
    listed = (await client.get("/api/v1/secrets")).json()
    assert made.json()["warning"] == 'No service "shop" was published yet.'
    assert listed == [{name: value for name, value in made.json().items() if name != "when"}]
    assert "gets this one when it starts" in made.json()["when"]
    assert listed == (await client.get("/api/v1/secrets/test/shop")).json()
    assert (listed[0]["name"], listed[0]["set_by"]) == ("DATABASE_URL", "ada")
    assert doors.store.secrets_of(TEST, SHOP) == {"DATABASE_URL": VALUE}
    assert "gets this one when it starts" in (await client.delete(PATH)).json()["when"]
    assert (await client.get("/api/v1/secrets")).json() == []
    assert doors.store.secrets_of(TEST, SHOP) == {}
    assert (await client.delete(PATH)).status_code == 404


async def test_a_value_that_cannot_be_masked_is_kept_with_a_warning(doors: Doors) -> None:
    """Who sets it hears so at once, without the value."""
    client = await doors.as_role("operator")
    answer = (await client.put(PATH, json={"value": "s3cr"})).json()
    assert "not masked in logs" in answer["warning"]
    assert "s3cr" not in str(answer)


async def test_a_value_is_seen_nowhere(doors: Doors) -> None:
    """Not in answers, events, the ledger's file, logs, nor in the text of any error."""
    client = await doors.as_role("operator")
    with capture_logs() as logs:
        answers = [
            await client.put(PATH, json={"value": VALUE}),
            await client.get("/api/v1/secrets"),
            await client.put("/api/v1/secrets/test/shop/lower", json={"value": VALUE}),
            await client.put(PATH, json={"value": VALUE + "\0"}),
            await client.put(PATH, json={"value": [VALUE]}),
            await client.put(PATH, json={"valu": VALUE}),
            await client.put(PATH, content=f'{{"value": "{VALUE}', headers={"Content-Type": "application/json"}),
            await client.put("/api/v1/secrets/test/Shop/KEY", json={"value": VALUE}),
            await (await doors.as_role("reader")).put(PATH, json={"value": VALUE}),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 400, 400, 400, 400, 400, 403]
    seen = [answer.text for answer in answers] + [str(logs), str(doors.seen.happened)]
    assert not any(VALUE in text for text in seen)
    assert not any(VALUE.encode() in file.read_bytes() for file in doors.folder.rglob("*") if file.is_file())
    assert VALUE not in repr(NewSecret(value=VALUE))


async def test_a_store_that_fails_tells_no_value_and_records_nothing(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is a 502 in words, and the ledger does not claim that the secret is set."""
    client = await doors.as_role("operator")

    def full(place: SecretPlace, value: str) -> str:
        raise PortError("The secret could not be kept: No space left on device.")

    monkeypatch.setattr(doors.store, "put", full)
    answer = await client.put(PATH, json={"value": VALUE})
    assert answer.status_code == 502
    assert "No space left" in answer.json()["error"]["reason"]
    assert VALUE not in answer.text
    assert doors.known.of() == ()


@pytest.mark.parametrize("role", ["reader", "developer"])
async def test_secrets_are_for_operators(doors: Doors, role: str) -> None:
    """Others get a 403 that names the permission."""
    client = await doors.as_role(role)  # type: ignore[arg-type]  # parametrize gives plain strings
    for answer in (await client.get("/api/v1/secrets"), await client.put(PATH, json={"value": VALUE})):
        assert answer.status_code == 403
        assert "promote" in answer.json()["error"]["reason"]


async def test_store_and_ledger_agree_when_many_set_at_once(doors: Doors) -> None:
    """The fingerprint in the list is that of the value in the store."""
    place = parse_place("test", "shop", "KEY")
    await asyncio.gather(*(doors.vault.set(place, f"value {n}", by=admin("ada")) for n in range(8)))
    value = doors.store.secrets_of(TEST, SHOP)["KEY"]
    assert doors.store.put(place, value) == doors.known.of("test", "shop")[0].fingerprint
