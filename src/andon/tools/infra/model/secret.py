"""The secrets of one service in one environment: which there are, never what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, NewType

from andon.kernel.decider import Event, Noun, never, wants_nothing
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import EnvironmentName, ServiceName, parse_name
from andon.kernel.refusal import CommandRefused

SecretName = NewType("SecretName", str)  #: "DATABASE_URL": the variable the service finds it in

VALUE_LIMIT = 65_536  # bytes; a process cannot take much more in its environment
_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
#: what the service is told by Andon, or what would change how it is started
_TAKEN = frozenset({"HOST", "PORT", "PATH", "HOME", "IFS", "SHELL", "USER", "TMPDIR"})
_TAKEN_BEGINNINGS = ("ANDON_", "LD_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One secret without its value."""

    name: SecretName
    #: changes with the value and tells nothing about it
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What is known of the secrets of a service in an environment."""

    #: by name
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSet:
    """A secret has a value, or another one; services get it at their next start."""

    environment: EnvironmentName
    service: ServiceName
    name: SecretName
    fingerprint: str

    def evolve(self, state: Secrets) -> Secrets:
        others = tuple(each for each in state.secrets if each.name != self.name)
        added = (*others, Secret(name=self.name, fingerprint=self.fingerprint))
        return replace(state, secrets=tuple(sorted(added, key=lambda each: each.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRemoved:
    """A secret is gone; services miss it from their next start."""

    environment: EnvironmentName
    service: ServiceName
    name: SecretName

    def evolve(self, state: Secrets) -> Secrets:
        return replace(state, secrets=tuple(each for each in state.secrets if each.name != self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSecret:
    """Note that the store holds a value under this name. The same value again changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    environment: EnvironmentName
    service: ServiceName
    name: SecretName
    fingerprint: str

    def decide(self, state: Secrets, now: datetime) -> tuple[Event[Secrets], ...]:
        if Secret(name=self.name, fingerprint=self.fingerprint) in state.secrets:
            return ()
        return (
            SecretSet(environment=self.environment, service=self.service, name=self.name, fingerprint=self.fingerprint),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSecret:
    """Note that the store holds nothing under this name any more."""

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    environment: EnvironmentName
    service: ServiceName
    name: SecretName

    def decide(self, state: Secrets, now: datetime) -> tuple[Event[Secrets], ...]:
        if not any(each.name == self.name for each in state.secrets):
            raise NotFound(
                f"{self.service} has no secret {self.name} in {self.environment}. See them with: andon secret list"
            )
        return (SecretRemoved(environment=self.environment, service=self.service, name=self.name),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPlace:
    """Where a secret belongs."""

    environment: EnvironmentName
    service: ServiceName
    name: SecretName


def parse_place(environment: str, service: str, name: str) -> SecretPlace:
    """A place as a person names it. Errors: Invalid."""
    parse_name(environment, "an environment")
    parse_name(service, "a service")
    if not _NAME.fullmatch(name):
        raise Invalid(f'"{name[:40]}" is no name for a secret: use A-Z 0-9 _ and begin with a letter, as DATABASE_URL.')
    if name in _TAKEN or name.startswith(_TAKEN_BEGINNINGS):
        raise Invalid(f"{name} is set by Andon or changes how a process starts: choose another name.")
    return SecretPlace(environment=EnvironmentName(environment), service=ServiceName(service), name=SecretName(name))


def check_value(value: str) -> str:
    """A value that a process can be given. Errors: Invalid, which never repeats the value."""
    if not value:
        raise Invalid("The value is empty: send it on standard input.")
    if "\0" in value:
        raise Invalid("The value holds a NUL character, which no environment variable can.")
    if len(value.encode("utf-8", "surrogatepass")) > VALUE_LIMIT:
        raise Invalid(f"The value is longer than {VALUE_LIMIT} bytes, which is more than a process should be given.")
    return value


NOUN = Noun[Secrets](
    kind="secret",
    initial=Secrets(),
    events=(SecretSet, SecretRemoved, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
