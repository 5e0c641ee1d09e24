"""A target is written as people say it, in the number's own unit."""

from __future__ import annotations

import pytest

from andon.kernel.errors import Invalid
from andon.tools.measurement.model.improving.target import target_in
from andon.tools.measurement.model.metric import Unit


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("4h", "seconds", 14400.0),
        ("1 d 12 h", "seconds", 129600.0),
        ("90 min", "seconds", 5400.0),
        ("5 %", "ratio", 0.05),
        ("0.05", "ratio", 0.05),
        ("2 a day", "per day", 2.0),
        ("14 a week", "per day", 2.0),
        ("3", "per day", 3.0),
        ("12", "count", 12.0),
    ],
)
def test_what_people_write(text: str, unit: Unit, value: float) -> None:
    """Each unit has its own way."""
    assert target_in(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("4", "seconds"), ("", "seconds"), ("120 %", "ratio"), ("2 a day", "ratio"), ("5 %", "per day"), ("x", "count")],
)
def test_what_does_not_fit_is_refused(text: str, unit: Unit) -> None:
    """With an example of what does."""
    with pytest.raises(Invalid, match="Write"):
        target_in(text, unit)
