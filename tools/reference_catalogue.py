"""The page about the tables that can be exported, and the CDEvents that the ledger becomes."""

from __future__ import annotations

from collections.abc import Iterator

from writing import Row, code, table

#: kind of a column, in the data itself: CSV, Parquet
_KINDS = {
    "text": ("text", "string"),
    "json": ("JSON in a text", "string"),
    "time": ("RFC 3339 in UTC", "timestamp[us, UTC]"),
    "number": ("number", "double"),
    "whole": ("whole number", "int64"),
    "truth": ("true or false", "bool"),
    "list": ("texts, separated by spaces", "list of string"),
}


def data_catalogue() -> Iterator[str]:
    """Every table with each of its columns."""
    from andon.tools.measurement.model.tables.other_tables import TABLES

    yield (
        "# Data catalogue\n\nEvery table that `andon export` writes and the API gives: what one row is, where it comes "
        "from, and what each column means. `GET /api/v1/measurement/tables` gives this page as JSON, "
        "`GET /api/v1/measurement/tables/NAME` a table as JSON lines, and `?format=csv` as CSV. "
        "[How to export](../how-to/export-the-facts.md).\n\n## How values are written\n\n"
    )
    yield table(("kind", "in CSV", "in Parquet"), [(code(kind), *words) for kind, words in _KINDS.items()])
    yield (
        "\nAn empty cell (null in Parquet) is what is not known, or is not so yet; the column says which. In CSV a "
        "text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line's end) has "
        "one apostrophe before it, which `andon import` takes away again.\n"
    )
    for each in TABLES:
        rows: list[Row] = [
            (code(column.name), column.kind, column.unit, column.meaning, "" if column.optional else "always")
            for column in each.columns
        ]
        keys = ", ".join(map(code, each.key))
        yield f"\n## {each.name}\n\n{each.meaning} From: {each.source}. A row is known by {keys}.\n\n"
        yield table(("column", "kind", "unit", "what it means", "there"), rows)


def cdevents() -> Iterator[str]:
    """What each event of the ledger is called as a CDEvent."""
    from andon.engine.codec import type_name
    from andon.line.cdevents import TOOL, custom_name
    from andon.line.cdevents_standard import STANDARD
    from andon.standards.cdevents_out import custom_type, standard_type
    from andon.wiring.engine import EVENTS

    yield (
        "# CDEvents\n\nThe whole ledger can be read as CDEvents 0.5.1, one for each entry, as a batch of CloudEvents: "
        "`GET /api/v1/cdevents?after=POSITION`, or `andon export --cdevents FILE`. The id is the entry's, so whoever "
        "gets one twice can see it; `chainId` is the change, a PATH link names the entry that led to this one, and "
        "`customData.andon` has the entry's position, stream, type and actor. Where the standard has no type, ours "
        "begins with `dev.cdeventsx.andon-`; deployments that wait, begin and fail are called as the standard's "
        "proposal 319 calls them. Hashes of tokens, fingerprints of secrets and single answers to the pulse are left "
        "out.\n\n"
    )
    rows: list[Row] = []
    for event in EVENTS:
        standard = STANDARD.get(event)
        names = [standard_type(name) for name in standard.names] if standard else []
        names += [] if standard and standard.always else [custom_type(TOOL, *custom_name(event))]
        rows.append((code(type_name(event)), " or ".join(map(code, names))))
    yield table(("entry", "CDEvent"), rows)
