"""Which addresses no task may reach: this machine, and what belongs to private networks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import psutil

Address = IPv4Address | IPv6Address

#: IANA's special-purpose registries, without the ranges that documentation uses, which lead nowhere
_INTERNAL = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        "::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64",
    )
)  # fmt: skip
#: IPv6 addresses that hold an IPv4 address in their last 32 bits
_TRANSLATED = tuple(ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96"))


def is_internal(address: Address) -> bool:
    """Is it an address of some private network, of this machine's loopback, or of no single machine at all?"""
    meant = _meant(address)
    return any(meant.version == network.version and meant in network for network in _INTERNAL)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for; else itself."""
    if isinstance(address, IPv4Address):
        return address
    embedded = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if embedded is None and any(address in network for network in _TRANSLATED) and int(address) > 1:
        embedded = IPv4Address(int(address) & 0xFFFFFFFF)
    return embedded or address


def own_addresses() -> frozenset[Address]:
    """Every address of this machine: behind a public one listen the same services as on loopback."""
    found = (one.address.partition("%")[0] for many in psutil.net_if_addrs().values() for one in many)
    return frozenset(address for text in found if (address := _address(text)))


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:  # hardware addresses are listed too
        return None
