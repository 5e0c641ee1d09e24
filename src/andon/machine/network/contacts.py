"""Whom a task talked to: one line a connection in a file beside its log, which outlives the server; and their sum."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import msgspec

#: of the file; more is not written, and the sum says that there was more
MOST_LINES = 5000
#: of hosts in the sum
MOST_HOSTS = 100


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One connection that ended, or was refused."""

    host: str
    port: int
    #: "" when it was allowed
    refused: str = ""
    sent_bytes: int = 0
    received_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSum:
    """All connections of a task to one host and port."""

    host: str
    port: int
    connections: int
    sent_bytes: int
    received_bytes: int
    #: why the last of them was refused; "" when all were allowed
    refused: str


class Contacts:
    """The file of one task."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._left = MOST_LINES

    def add(self, contact: Contact) -> None:
        """Write one down; a full disk costs the line, not the connection."""
        if self._left <= 0:
            return
        self._left -= 1
        try:
            with self._file.open("ab") as opened:
                opened.write(msgspec.json.encode(contact) + b"\n")
        except OSError:
            self._left = 0


def summed(file: Path) -> tuple[HostSum, ...]:
    """By host and port, those that were refused first; nothing when nobody was talked to."""
    found: dict[tuple[str, int], list[Contact]] = defaultdict(list)
    for contact in _read(file):
        found[contact.host, contact.port].append(contact)
    sums = [_sum(contacts) for contacts in found.values()]
    return tuple(sorted(sums, key=lambda each: (not each.refused, each.host, each.port))[:MOST_HOSTS])


def _sum(contacts: list[Contact]) -> HostSum:
    return HostSum(
        host=contacts[0].host,
        port=contacts[0].port,
        connections=len(contacts),
        sent_bytes=sum(each.sent_bytes for each in contacts),
        received_bytes=sum(each.received_bytes for each in contacts),
        refused=next((each.refused for each in reversed(contacts) if each.refused), ""),
    )


def _read(file: Path) -> list[Contact]:
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    contacts = []
    for line in lines[:MOST_LINES]:
        try:
            contacts.append(msgspec.json.decode(line, type=Contact))
        except msgspec.DecodeError:  # the last one, when the server died over it
            continue
    return contacts
