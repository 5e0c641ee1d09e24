"""Where a task may connect to."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.machine.network.addresses import is_internal, own_addresses
from andon.machine.network.policy import Destination, EgressPolicy, NotAllowed

INSIDE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fc00::1", "fd12::1", "fe80::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "::127.0.0.1",
]  # fmt: skip
OUTSIDE = [
    "1.1.1.1",
    "8.8.8.8",
    "172.32.0.1",
    "100.63.255.255",
    "2606:4700:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]


@pytest.mark.parametrize("text", INSIDE)
def test_what_is_inside_is_refused(text: str) -> None:
    """Loopback, private and link-local addresses, groups, and IPv6 addresses that stand for one of them."""
    with pytest.raises(NotAllowed, match="ANDON_EGRESS_ALLOW"):
        EgressPolicy(hosts=None).check_address(Destination(host="x.example", port=443), ip_address(text), frozenset())


@pytest.mark.parametrize("text", OUTSIDE)
def test_the_internet_is_outside(text: str) -> None:
    """Neighbours of the ranges above."""
    assert not is_internal(ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_every_dress(address: object) -> None:
    """As itself, mapped into IPv6, and translated."""
    for dress in (f"::ffff:{address}", f"64:ff9b::{address}", f"::ffff:0:{address}"):
        assert is_internal(ip_address(dress)) == is_internal(ip_address(str(address)))


def test_this_machines_public_address_is_refused_too() -> None:
    """Behind it listen the same services as on loopback."""
    own = own_addresses()
    assert ip_address("127.0.0.1") in own
    for address in own:
        with pytest.raises(NotAllowed):
            EgressPolicy(hosts=None).check_address(Destination(host="x.example", port=443), address, own)


@pytest.mark.parametrize(
    ("hosts", "asked", "allowed"),
    [
        (None, "a.example:443", True),
        (None, "a.example:80", True),
        (None, "a.example:22", False),
        (("a.example",), "a.example:443", True),
        (("a.example",), "a.example:22", False),
        (("a.example",), "b.a.example:443", False),
        (("a.example",), "aa.example:443", False),
        (("*.a.example",), "b.a.example:443", True),
        (("*.a.example",), "c.b.a.example:443", True),
        (("*.a.example",), "a.example:443", False),
        (("*.a.example",), "ba.example:443", False),
        (("a.example:22",), "a.example:22", True),
        (("a.example:22",), "a.example:443", False),
        ((), "a.example:443", False),
    ],
)
def test_a_list_is_exact(hosts: tuple[str, ...] | None, asked: str, allowed: bool) -> None:
    """A name with its port; a star for what is below; nothing else."""
    host, _, port = asked.partition(":")
    to = Destination(host=host, port=int(port))
    if allowed:
        EgressPolicy(hosts=hosts).check_name(to)
    else:
        with pytest.raises(NotAllowed, match="network"):
            EgressPolicy(hosts=hosts).check_name(to)


def test_what_an_operator_opened_is_open() -> None:
    """For the internet with its port, and with its internal address; a list must name it all the same."""
    to, opened = Destination(host="mirror.corp", port=8443), frozenset({"mirror.corp:8443"})
    EgressPolicy(hosts=None, opened=opened).check_name(to)
    EgressPolicy(hosts=None, opened=opened).check_address(to, ip_address("10.0.0.1"), frozenset())
    with pytest.raises(NotAllowed):
        EgressPolicy(hosts=("pypi.org",), opened=opened).check_name(to)
