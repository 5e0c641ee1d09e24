"""The forms in which `andon export` writes tables."""

from __future__ import annotations

from collections.abc import Mapping

from andon.config import ClientConfig
from andon.tools.measurement.adapters.tables_csv.files import CsvFile
from andon.tools.measurement.adapters.tables_parquet.files import ParquetFile
from andon.tools.measurement.ports import TableFile


def table_files(_: ClientConfig) -> Mapping[str, TableFile]:
    """Each by the option that asks for it."""
    return {"csv": CsvFile(), "parquet": ParquetFile()}
