"""Which dates can be believed."""

from __future__ import annotations

import pytest

from andon.tools.measurement.model.dates import NO_DATE, is_believable, of_git


@pytest.mark.parametrize("printed", [b"0", b"-5", b"", b"soon", "", "-99999999999999999999"])
def test_what_is_no_time_is_no_date(printed: bytes | str) -> None:
    """It stands at the beginning of all clocks, and is not believed."""
    assert of_git(printed) == NO_DATE
    assert not is_believable(of_git(printed).timestamp())


def test_what_no_calendar_has_is_the_last_that_one_has() -> None:
    """A clock that is ahead is skew."""
    assert of_git(b"99999999999999999").year == 9999
    assert is_believable(of_git("1700000000").timestamp())
