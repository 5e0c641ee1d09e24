"""Where a task may connect to: decided for a name first, and again for the address that the name led to."""

from __future__ import annotations

from dataclasses import dataclass

from andon.machine.network.addresses import Address, is_internal, own_addresses
from andon.machine.network.lookups import Lookups

WEB_PORTS = frozenset({80, 443})


class NotAllowed(Exception):
    """The policy says no; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A host name or address in lower case, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressPolicy:
    """What one task may reach."""

    #: "files.example.org", "*.example.org", "git.example.org:22"; None is the whole internet, ports 80 and 443
    hosts: tuple[str, ...] | None
    #: "host:port" that the operator opened although they may be internal
    opened: frozenset[str] = frozenset()

    def check_name(self, to: Destination) -> None:
        """Errors: NotAllowed."""
        if str(to) in self.opened and self.hosts is None:
            return
        if self.hosts is not None and not any(_matches(each, to) for each in self.hosts):
            raise NotAllowed(f'{to} is not in the task\'s list. Add "{_entry(to)}" to its `network` in andon.toml.')
        if self.hosts is None and to.port not in WEB_PORTS:
            raise NotAllowed(
                f'{to}: only the ports 80 and 443 are open. Name it in the task\'s `network`, as "{_entry(to)}".'
            )

    def check_address(self, to: Destination, address: Address, own: frozenset[Address]) -> None:
        """Errors: NotAllowed, for this machine and private networks."""
        if str(to) not in self.opened and (address in own or is_internal(address)):
            raise NotAllowed(
                f"{to} is inside: {address} belongs to this machine or to a private network. "
                f"An operator can open it with ANDON_EGRESS_ALLOW={to}."
            )


def _matches(entry: str, to: Destination) -> bool:
    host, _, port = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
    if (int(port) != to.port) if port else (to.port not in WEB_PORTS):
        return False
    return to.host.endswith(host[1:]) if host.startswith("*.") else to.host == host


def _entry(to: Destination) -> str:
    return to.host if to.port in WEB_PORTS else str(to)


async def allowed_addresses(policy: EgressPolicy, to: Destination, lookups: Lookups) -> list[Address]:
    """The addresses to connect to: those that were checked, so that a name cannot lead elsewhere a moment later.

    Errors: NotAllowed; OSError when the name is not known.
    """
    policy.check_name(to)
    addresses, own = await lookups.addresses(to.host), own_addresses()
    for address in addresses:  # one that is inside among others is a trick
        policy.check_address(to, address, own)
    return addresses


async def addresses_if_known(policy: EgressPolicy, to: Destination, lookups: Lookups) -> list[Address]:
    """The same where another proxy resolves the name; none when this machine does not know it. Errors: NotAllowed."""
    try:
        return await allowed_addresses(policy, to, lookups)
    except OSError:  # behind such a proxy, names of the outside are often not known; a time-out is one too
        return []
