"""The forms in which `andon export` writes tables."""

from __future__ import annotations

from collections.abc import Mapping

from andon.tools.measurement.adapters.tables_csv.files import CsvFile
from andon.tools.measurement.adapters.tables_parquet.files import ParquetFile
from andon.tools.measurement.ports import TableFile

#: by the option that asks for it
TABLE_FILES: Mapping[str, TableFile] = {"csv": CsvFile(), "parquet": ParquetFile()}
