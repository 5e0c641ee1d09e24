"""Data: which facts other programs can read, what each column means, and where they can be had."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from andon.kernel.words import plural
from andon.tools.measurement.answers.catalogue import catalogue
from andon.tools.measurement.exports import Exports
from andon.tools.measurement.pages.selection import selection_of
from andon.tools.measurement.views import Measured
from andon.web.pages import Asked, Pages


@get("/data", sync_to_thread=False, include_in_schema=False)
def data_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    measured: NamedDependency[Measured],
    exports: NamedDependency[Exports],
) -> Response[str]:
    """The data catalogue."""
    found = catalogue(exports.counts())
    rows = sum(one.rows or 0 for one in found.tables)
    return pages.show(
        "measurement/data.html",
        asked,
        chosen=selection_of(asked, measured, pages.now),
        tables=found.tables,
        colour="grey",
        sentence=f"{plural(rows, 'row')} in {plural(len(found.tables), 'table')} can be taken out."
        if rows
        else "No fact is known yet; every table is described.",
    )


HANDLERS = (data_page,)
