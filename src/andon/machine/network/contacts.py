"""Whom a task talked to: one line a connection in a file beside its log, which outlives the server; and their sum."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import msgspec

#: that a task may make; more are refused, so that none is missing from the sum
MOST_CONNECTIONS = 20_000
#: that a task may talk to, for the same reason
MOST_HOSTS = 500
#: refusals that are written down, and refused hosts in the sum: what was not reached may be missing
MOST_REFUSALS = 1000
MOST_REFUSED_HOSTS = 100


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One connection that ended, or was refused."""

    host: str
    port: int
    #: "" when it was allowed
    refused: str = ""
    sent_bytes: int = 0
    received_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTotals:
    """All connections of a task to one host and port."""

    host: str
    port: int
    connections: int
    sent_bytes: int
    received_bytes: int
    #: why the last of them was refused; "" when all were allowed
    refused: str


class Contacts:
    """The file of one task, and what it says already."""

    def __init__(self, file: Path) -> None:
        self._file = file
        known = _read(file)
        self._hosts = {(each.host, each.port) for each in known if not each.refused}
        self._refusals = sum(1 for each in known if each.refused)
        self._connections = len(known) - self._refusals
        self._is_broken = False

    def why_no_more(self, host: str, port: int) -> str:
        """Why the task makes no connection to this host; "" when it may, and then it is counted."""
        if self._connections >= MOST_CONNECTIONS:
            return f"the task has made {MOST_CONNECTIONS:,} connections, and may make no more"
        if (host, port) not in self._hosts and len(self._hosts) >= MOST_HOSTS:
            return f"the task has talked to {MOST_HOSTS} hosts, and may talk to no other"
        self._hosts.add((host, port))
        self._connections += 1
        return ""

    def add(self, contact: Contact) -> None:
        """Write one down; a full disk costs the line, not the connection."""
        if contact.refused:
            self._refusals += 1
        if self._is_broken or (contact.refused and self._refusals > MOST_REFUSALS):
            return
        try:
            with self._file.open("ab") as opened:
                opened.write(msgspec.json.encode(contact) + b"\n")
        except OSError:
            self._is_broken = True


def summed(file: Path) -> tuple[HostTotals, ...]:
    """By host and port, those that were refused first; nothing when nobody was talked to."""
    found: dict[tuple[str, int], list[Contact]] = defaultdict(list)
    for contact in _read(file):
        found[contact.host, contact.port].append(contact)
    reached = [_sum(contacts) for contacts in found.values() if not all(each.refused for each in contacts)]
    refused = [_sum(contacts) for contacts in found.values() if all(each.refused for each in contacts)]
    refused = sorted(refused, key=_place)[:MOST_REFUSED_HOSTS]
    return tuple(sorted((*refused, *reached), key=lambda each: (not each.refused, *_place(each))))


def _place(host: HostTotals) -> tuple[str, int]:
    return host.host, host.port


def _sum(contacts: list[Contact]) -> HostTotals:
    return HostTotals(
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
    for line in lines[: MOST_CONNECTIONS + MOST_REFUSALS]:
        try:
            contacts.append(msgspec.json.decode(line, type=Contact))
        except msgspec.DecodeError:  # the last one, when the server died over it
            continue
    return contacts
