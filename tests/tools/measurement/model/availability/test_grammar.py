"""Systems as people type them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.tools.measurement.model.availability.grammar import read_share, read_system
from andon.tools.measurement.model.availability.systems import availability


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("99.9%", 0.999),
        ("99%,99%, 99% ,99%,99%", 0.9509900499),
        ("5 x 99%", 0.9509900499),
        ("5 × 99%", 0.9509900499),
        ("any(99%, 99%)", 0.9999),
        ("any(2 x 99%)", 0.9999),
        ("99.9%, any(99%, 99%)", 0.9989001),
        ("2 of (99%, 99%, 99%)", 0.999702),
        ("2 of (3 x 99%)", 0.999702),
        ("100h/2h", 0.9803921569),
        ("web = 99.9%, db = any(first=99%, second=99%)", 0.9989001),
        ("any(all(99%, 99%), all(99%, 99%))", 1 - (1 - 0.9801) ** 2),
        ("quorum = 2 of (99%, 99%, 99%), 365d/1d", 0.999702 * 365 / 366),
        ("2 x any(99%, 99%)", 0.9999**2),
    ],
)
def test_a_system_is_read(text: str, share: float) -> None:
    """Commas need all, any(…) one, N of (…) some."""
    assert availability(read_system(text)) == pytest.approx(share, abs=1e-10)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "character 1: expected a share such as 99.9%"),
        ("99", "a share has its sign: 99%"),
        ("400%", "at most 100%"),
        ("any(99%", 'expected ")"'),
        ("3 of (99%)", "expected a number from 1 to 1"),
        ("99% 99%", 'expected "," or the end, not "99%"'),
        ("web 99%", 'expected "=" after the name web'),
        ("web = 2 99%", 'expected "of"'),
        ("100h", 'expected "/"'),
        ("100h/5", "expected the time to repair"),
        ("any 99%", 'expected "("'),
        ("2000 x 99%", "from 1 to 1,000 parts"),
        ("10 x all(" * 4 + "99%" + ")" * 4, "from 1 to 1,000 parts"),
        ("0 x 99%", "from 1 to 1,000 parts"),
        ("900 x all(900 x 99%)", "from 1 to 1,000 parts"),
        ("99%;", 'not ";"'),
        ("all(" * 30 + "99%" + ")" * 30, "at most 20 systems"),
        ("99%," * 3000, "at most 10,000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    """With an example of how it is written."""
    with pytest.raises(Invalid) as refused:
        read_system(text)
    assert said in str(refused.value)


@given(st.text(alphabet="0123456789.%xhof( ),=/anylw×\n", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed ends in a share from 0 to 1 or in words."""
    with suppress(Invalid):
        assert 0 <= availability(read_system(text)) <= 1


@pytest.mark.parametrize(("text", "share"), [("99.9", 0.999), ("99.9%", 0.999), (" 95 % ", 0.95), ("100", 1)])
def test_a_share_may_leave_its_sign_away(text: str, share: float) -> None:
    """Where nothing but a share can be meant."""
    assert read_share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "x", "-1", "101", "99,9", "1e2"])
def test_other_shares_are_refused(text: str) -> None:
    """No guesses."""
    with pytest.raises(Invalid, match="no share"):
        read_share(text)
