"""Series in a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from andon.kernel.errors import Invalid, PortError
from andon.tools.measurement.adapters.series_sqlite import SqliteSeries
from andon.tools.measurement.model.improving.series import SeriesPoint, check_point

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=1)


@pytest.fixture
def series(tmp_path: Path) -> SqliteSeries:
    """An empty one."""
    return SqliteSeries(tmp_path / "series.db")


def point(minute: float, value: float, name: str = "orders") -> SeriesPoint:
    return SeriesPoint(series=name, at=BEGIN + timedelta(minutes=minute), value=value)


def test_nothing_is_there_before_something_is_fed(series: SqliteSeries, tmp_path: Path) -> None:
    """Reading makes no file."""
    assert series.names() == ()
    assert series.points("orders", BEGIN, END, 100) == ()
    assert list(tmp_path.iterdir()) == []


def test_points_come_back_in_order(series: SqliteSeries) -> None:
    """To the microsecond, from the beginning up to but without the end, of one series."""
    late = SeriesPoint(series="orders", at=END - timedelta(microseconds=1), value=3.5)
    series.add((late, point(0, 1), point(5, 2), point(5, 9, "visits"), point(24 * 60, 7)))
    assert series.points("orders", BEGIN, END, 100) == (point(0, 1), point(5, 2), late)
    assert [(name.name, name.points) for name in series.names()] == [("orders", 4), ("visits", 1)]


def test_of_the_same_instant_the_last_one_counts(series: SqliteSeries) -> None:
    """Feeding again is harmless; a correction is taken."""
    assert series.add((point(0, 1), point(1, 2))) == 2
    assert series.add((point(0, 1), point(1, 3))) == 1
    assert [each.value for each in series.points("orders", BEGIN, END, 100)] == [1, 3]


def test_many_points_are_shown_as_means(series: SqliteSeries) -> None:
    """As many spans as asked for, none of them hiding a part of the time."""
    series.add(tuple(point(minute, minute) for minute in range(24 * 60)))
    shown = series.points("orders", BEGIN, END, 24)
    assert len(shown) == 24
    assert [each.at for each in shown] == [BEGIN + timedelta(hours=hour) for hour in range(24)]
    assert shown[0].value == pytest.approx(29.5)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    """In words, not as a stack of calls."""
    file = tmp_path / "series.db"
    file.write_bytes(b"no database at all, and long enough to be looked at as one" * 20)
    with pytest.raises(PortError, match=r"The series in series\.db cannot be used"):
        SqliteSeries(file).names()


@pytest.mark.parametrize(
    "bad",
    [
        SeriesPoint(series="Orders!", at=BEGIN, value=1),
        SeriesPoint(series="orders", at=BEGIN, value=float("nan")),
        SeriesPoint(series="orders", at=BEGIN, value=float("inf")),
        SeriesPoint(series="orders", at=BEGIN.replace(tzinfo=None), value=1),
    ],
)
def test_what_cannot_be_kept_is_refused(bad: SeriesPoint) -> None:
    """Names that no address could carry, numbers that are none, times without a zone."""
    with pytest.raises(Invalid):
        check_point(bad)
