"""The page about files of facts that can be imported."""

from __future__ import annotations

from collections.abc import Iterator

from writing import Row, block, code, table

_CSV = """\
id,service,environment,commit,version,started_at,finished_at,outcome,mends
7,shop,production,3d1f0c9a5b7e2468ace013579bdf02468ace1357,2.14,2026-03-01T11:56:00Z,2026-03-01T12:00:00Z,success,
8,shop,production,8e24a6c01b3d5f7981a2b3c4d5e6f70819203142,2.15,,2026-03-01T15:30:00+02:00,success,pager/incident/Q7"""

_LINES = """\
{"table": "incidents", "id": "INC-12", "service": "shop", "environment": "production", "detected_at": 1772366400}
{"table": "flips", "id": "1", "service": "shop", "flag": "new-till", "what": "on for 25 %", "at": 1772366400}"""

_DELIVERY = '{"headers": {"X-GitHub-Event": "ping"}, "body": {"hook_id": 7}, "received_at": "2026-03-01T12:00:00Z"}'


def import_format() -> Iterator[str]:
    """Every table that can be imported, with what each of its columns may hold."""
    from andon.tools.measurement.importing import MOST_SHOWN
    from andon.tools.measurement.model.tables.import_cells import LONGEST_CELL, expected
    from andon.tools.measurement.model.tables.import_row import TABLES, may_miss

    yield (
        "# Files of facts\n\n`andon import FILE` takes facts out of a file: CSV, JSON, or JSON with one object a line "
        "(`.jsonl`). The tables and columns are those of the [data catalogue](data-catalogue.md), so what one server "
        "exports another can import. A CSV file holds one table, whose name is the file's, or is said with "
        "`--table`.\n\n"
    )
    yield block("andon import deployments.csv\nandon import incidents.csv --source old-pager --strict", "sh")
    yield (
        "\nGood rows are taken; a broken one is named with its line, its column and what was expected there. "
        f"The first {MOST_SHOWN} are shown and all are counted. With `--strict` one broken row is enough to take "
        "nothing. A file of any length is read row by row. The same file again, and the same fact again, change "
        "nothing; a row with a known id and other values corrects what was known.\n\n## CSV\n\n"
    )
    yield block(_CSV, "text")
    yield (
        "\nUTF-8, with a heading; separated by commas, semicolons or tabs; quoted as RFC 4180 has it. The order of the "
        "columns is free. A column that means nothing here is left out and named.\n\n## JSON\n\n"
    )
    yield block(_LINES, "json")
    yield (
        "\nOne object a line, each with its `table` unless the command says it. Or one file with a list of objects, or "
        'with an object that has a list for each table: `{"deployments": […], "incidents": […]}`. Numbers, `true` and '
        "lists may be written as JSON has them.\n\n## Webhooks that were kept\n\n"
    )
    yield block("andon import deliveries.jsonl --deliveries-of our-github", "sh")
    yield "\n" + block(_DELIVERY, "json")
    yield (
        "\nOne delivery a line: its headers, its body (as JSON, or as the text that came), and when it came. They are "
        "read as if they came now by the connection; their signatures are not checked, for whoever may import vouches "
        "for the file.\n\n## What stands in a cell\n\n"
        "- A **time** is RFC 3339 with its zone (`2026-03-01T12:00:00Z`, `2026-03-01 14:00:00 +0200`) or seconds since "
        "1970. One without a zone is refused: it may mean any of 38 hours. Milliseconds are refused too.\n"
        "- An **id** with a slash is whole (`pager/incident/Q7`); another gets the source before it "
        "(`--source old-tool`: `old-tool/7`), also in `mends` and `caused_by`. Where there is no id, one is made of "
        "the row.\n"
        "- **Names** of services, environments and repositories are written small, with `-` for whatever is no letter, "
        "digit, `.`, `_` or `-`: `Shop API` is `shop-api`.\n"
        "- A **commit** is whole: 40 (or 64) hexadecimal digits.\n"
        f"- A **text** has at most {LONGEST_CELL:,} characters.\n"
        "- What cannot have happened in the order that a row says (finished before it began) is a broken row.\n\n"
        "The tasks of runs are no table of their own here: they come with runs, from connected tools.\n"
    )
    for each in TABLES.values():
        rows: list[Row] = [
            (code(column.name), expected(column), column.meaning, may_miss(each, column) or "needed")
            for column in each.columns
        ]
        yield f"\n## {each.name}\n\n{each.meaning}\n\n"
        yield table(("column", "holds", "what it means", "when it is missing or empty"), rows)
