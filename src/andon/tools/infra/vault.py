"""Keeps values in the store and their names in the ledger, in an order that a crash cannot turn into a lie."""

from __future__ import annotations

import asyncio

from andon.engine.callers_desk import CallersDesk
from andon.engine.desk import Desk
from andon.kernel.caller import Caller
from andon.kernel.errors import NotFound
from andon.kernel.ids import StreamId, stream
from andon.tools.infra.model.secret import NOUN, RemoveSecret, SecretPlace, SetSecret, check_value
from andon.tools.infra.ports import SecretRenewal, SecretStore
from andon.tools.infra.views import KnownSecrets, SecretKnown


class Vault:
    """Sets and removes secrets, one at a time, so that store and ledger tell of the same value."""

    def __init__(self, *, desk: Desk, store: SecretStore, known: KnownSecrets, renewal: SecretRenewal) -> None:
        self._desk = desk
        self._store = store
        self._known = known
        self._renewal = renewal
        self._one_at_a_time = asyncio.Lock()

    async def set(self, place: SecretPlace, value: str, *, by: Caller) -> SecretKnown:
        """Keep a value. The value first: after a crash in between nobody was told that it is set, and sets it again.

        Errors: Invalid, PortError.
        """
        by.require_for(SetSecret)
        check_value(value)
        async with self._one_at_a_time:
            fingerprint = await asyncio.to_thread(self._store.put, place, value)
            command = SetSecret(
                environment=place.environment, service=place.service, name=place.name, fingerprint=fingerprint
            )
            await CallersDesk(self._desk, by).submit(_stream(place), command)
        return self._find(place)

    async def remove(self, place: SecretPlace, *, by: Caller) -> None:
        """Forget a value. The value first: what the ledger calls removed must not be found any more.

        Errors: NotFound, PortError.
        """
        by.require_for(RemoveSecret)
        self._find(place)
        command = RemoveSecret(environment=place.environment, service=place.service, name=place.name)
        async with self._one_at_a_time:
            await asyncio.to_thread(self._store.remove, place)
            await CallersDesk(self._desk, by).submit(_stream(place), command)

    def when(self, place: SecretPlace) -> str:
        """When what runs gets the newest values, in words."""
        return self._renewal.of(place.environment, place.service)

    def _find(self, place: SecretPlace) -> SecretKnown:
        for known in self._known.of(place.environment, place.service):
            if known.name == place.name:
                return known
        raise NotFound(self._known.missing(place))


def _stream(place: SecretPlace) -> StreamId:
    return stream(NOUN.kind, f"{place.environment}/{place.service}")
