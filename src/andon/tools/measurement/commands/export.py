"""The command that takes the facts out: as CSV, as Parquet, as CDEvents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from andon.console.session import Session
from andon.console.tables import table
from andon.kernel.errors import Invalid
from andon.kernel.sizes import print_size
from andon.tools.measurement.ports import TableFile

if TYPE_CHECKING:
    from rich.console import RenderableType

Row = dict[str, Any]


def export(
    *tables: str,
    csv: Path | None = None,
    parquet: Path | None = None,
    cdevents: Path | None = None,
    session: Annotated[Session, Parameter(parse=False)],
    table_files: Annotated[Mapping[str, TableFile], Parameter(parse=False)],
) -> None:
    """Write what the server knows into files that other programs read. A file is written whole or not at all.

    Parameters
    ----------
    tables:
        Only these, such as deployments incidents; all when none is named. Every one is described at /data.
    csv:
        A folder for CSV files.
    parquet:
        A folder for Parquet files; needs the extra: uv tool install '.[lake]'.
    cdevents:
        A file for the whole ledger as CDEvents, one CloudEvent a line.
    """
    from andon.tools.measurement.exporting import chosen, export_cdevents, export_table
    from andon.tools.measurement.model.tables.other_tables import BY_NAME

    if csv is parquet is cdevents is None:
        raise Invalid("Say what is to be written: --csv FOLDER, --parquet FOLDER or --cdevents FILE, or several.")
    meant = chosen(tables, BY_NAME)
    written = [
        export_table(session.api, one, table_files[form], folder)
        for form, folder in (("csv", csv), ("parquet", parquet))
        if folder is not None
        for one in meant
    ]
    if cdevents is not None:
        written.append(export_cdevents(session.api, cdevents))
    session.show(written, _written)


def _written(files: list[Any]) -> RenderableType:
    rows = [(one.what, f"{one.rows:,}", print_size(one.size_bytes), one.file) for one in files]
    return table(("table", ">rows", ">size", "*file"), rows)
