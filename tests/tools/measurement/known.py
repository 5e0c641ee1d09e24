"""What can be taken out of a ledger and a view, for servers that are put together in tests."""

from __future__ import annotations

from pathlib import Path

from andon.ledger.ledger import Ledger
from andon.tools.measurement.adapters.series_sqlite import SqliteSeries
from andon.tools.measurement.exports import Exports, ExportSources
from andon.tools.measurement.people import Improvements, PriceList, Pulses
from andon.tools.measurement.views import Measured


def exports_of(ledger: Ledger, measured: Measured, folder: Path) -> Exports:
    """The tables; nobody said anything yet, and series are in the folder."""
    return Exports(
        ExportSources(
            ledger=ledger,
            series=SqliteSeries(folder / "series.db"),
            measured=measured,
            improvements=Improvements(),
            pulses=Pulses(),
            price_list=PriceList(),
        )
    )
