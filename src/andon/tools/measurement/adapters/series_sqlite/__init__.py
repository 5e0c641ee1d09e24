"""Series in a SQLite file: numbers over time are no events, and there are many of them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from andon.kernel.errors import PortError
from andon.tools.measurement.model.improving.series import SeriesName, SeriesPoint

#: another writer is waited for so long
BUSY_S = 10.0

#: one row a series and instant; the primary key is the order in which they are read
TABLE = """
create table if not exists point (
  series text not null,
  at_us integer not null,
  value real not null,
  primary key (series, at_us)
) without rowid
"""
#: of the same series and instant the last one counts
ADD = "insert into point (series, at_us, value) values (?, ?, ?) on conflict do update set value = excluded.value"
SAME = "select 1 from point where series = ? and at_us = ? and value = ?"
NAMES = "select series, count(*), min(at_us), max(at_us) from point group by series order by series"
COUNT = "select count(*) from point where series = ? and at_us >= ? and at_us < ?"
ALL = "select at_us, value from point where series = ? and at_us >= ? and at_us < ? order by at_us"
#: the mean of each span that has any, at its first point
MEANS = """
select min(at_us), avg(value) from point where series = ? and at_us >= ? and at_us < ?
group by (at_us - ?) / ? order by 1
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SqliteSeries:
    """The port Series over one file, which is made at its first use."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._one_writer = threading.Lock()

    def add(self, points: tuple[SeriesPoint, ...]) -> int:
        """How many are new or another than before. Errors: PortError."""
        rows = [(point.series, _us(point.at), point.value) for point in points]
        with self._one_writer, self._open() as connection, connection:
            return sum(connection.execute(ADD, row).rowcount for row in rows if not _same(connection, row))

    def names(self) -> tuple[SeriesName, ...]:
        """Every series. Errors: PortError."""
        if not self._file.exists():
            return ()
        with self._open() as connection:
            rows = connection.execute(NAMES).fetchall()
        return tuple(SeriesName(name=n, points=c, begin=_at(first), end=_at(last)) for n, c, first, last in rows)

    def points(self, name: str, begin: datetime, end: datetime, most: int) -> tuple[SeriesPoint, ...]:
        """In order; means of equal spans where there are more than `most`. Errors: PortError."""
        if not self._file.exists():
            return ()
        span = (name, _us(begin), _us(end))
        with self._open() as connection:
            (count,) = connection.execute(COUNT, span).fetchone()
            if count <= most:
                rows = connection.execute(ALL, span).fetchall()
            else:
                rows = connection.execute(MEANS, (*span, span[1], max(1, -(-(span[2] - span[1]) // most)))).fetchall()
        return tuple(SeriesPoint(series=name, at=_at(at), value=value) for at, value in rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._file, timeout=BUSY_S)) as connection:
                self._file.chmod(0o600)
                connection.execute("pragma journal_mode = wal")
                connection.execute(TABLE)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise PortError(f"The series in {self._file.name} cannot be used: {error}.") from None


def _same(connection: sqlite3.Connection, row: tuple[str, int, float]) -> bool:
    return connection.execute(SAME, row).fetchone() is not None


def _us(at: datetime) -> int:
    span = at - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _at(us: int) -> datetime:
    return datetime.fromtimestamp(us // 1_000_000, UTC).replace(microsecond=us % 1_000_000)
