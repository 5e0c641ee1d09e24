"""Tables as Parquet files: typed columns that carry their meaning and unit, compressed, in groups of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from andon.kernel.errors import PortError
from andon.tools.measurement.model.tables.table import FactTable, Row, TableColumn

GROUP = 50_000  #: rows of a group, which is what memory is needed for
_MISSING = (
    "Parquet files are written by pyarrow, which is not installed. Install it with Andon, in its folder: "
    "uv tool install '.[lake]'; "
    "or export CSV, which needs nothing: andon export --csv DIR"
)


class ParquetFile:
    """Writes Parquet."""

    ending = ".parquet"

    def write(self, table: FactTable, rows: Iterable[Row], file: Path) -> int:
        """How many rows were written. Errors: PortError, also when the extra "lake" is not installed."""
        try:
            import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
            from pyarrow import parquet
        except ImportError as error:
            raise PortError(_MISSING, permanent=True) from error
        schema = _schema(pa, table)
        count = 0
        left = iter(rows)
        try:
            with parquet.ParquetWriter(file, schema, compression="zstd") as out:
                while group := list(islice(left, GROUP)):
                    out.write_table(_group(pa, schema, group), row_group_size=GROUP)
                    count += len(group)
        except (OSError, pa.ArrowException) as error:
            raise PortError(f"{file} could not be written: {error}.") from error
        return count


def _schema(arrow: Any, table: FactTable) -> Any:
    described = {"meaning": table.meaning, "source": table.source, "key": " ".join(table.key)}
    return arrow.schema([_field(arrow, column) for column in table.columns], metadata=described)


def _field(arrow: Any, column: TableColumn) -> Any:
    kinds = {
        "text": arrow.string(),
        "json": arrow.string(),
        "time": arrow.timestamp("us", tz="UTC"),
        "number": arrow.float64(),
        "whole": arrow.int64(),
        "truth": arrow.bool_(),
        "list": arrow.list_(arrow.string()),
    }
    described = {"meaning": column.meaning, **({"unit": column.unit} if column.unit else {})}
    return arrow.field(column.name, kinds[column.kind], nullable=True, metadata=described)


def _group(arrow: Any, schema: Any, group: Sequence[Row]) -> Any:
    columns = zip(*group, strict=True)
    arrays = [arrow.array(cells, type=field.type) for cells, field in zip(columns, schema, strict=True)]
    return arrow.Table.from_arrays(arrays, schema=schema)
