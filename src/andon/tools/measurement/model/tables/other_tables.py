"""The tables that are no facts of delivery: what people said, and the ledger itself."""

from __future__ import annotations

from andon.tools.measurement.model.tables.fact_tables import FACT_TABLES
from andon.tools.measurement.model.tables.table import FactTable, TableColumn, number, text, time, whole

IMPROVEMENTS = FactTable(
    name="improvements",
    meaning="An improvement that was planned with the number it should move.",
    source="andon kaizen",
    key=("number",),
    time="planned_at",
    columns=(
        whole("number", "what it is called"),
        text("title", "what is to be done"),
        text("because", "why it should help"),
        text("phase", "how far it has come"),
        text("by", "who planned it"),
        text("metric", "id of the number that it should move", path="aim.metric"),
        text("unit", "of that number", path="aim.unit"),
        text("service", "name of the service", path="aim.place.service"),
        text("environment", "name of the environment", path="aim.place.environment"),
        text("definition", "by whose definition the number is measured", path="aim.definition"),
        number("baseline", "the number when it was planned; empty: no data", path="baseline.value", optional=True),
        number("target", "what it should become", path="aim.target"),
        time("judged_at", "when it is judged", path="aim.by"),
        time("planned_at", "when it was planned"),
        time("begun_at", "when it was begun; empty before", optional=True),
        text("learned", "what was learned, said at its end", optional=True),
    ),
)

PULSE = FactTable(
    name="pulse",
    meaning="What people answered to the one question of a week; single answers are in no table.",
    source="andon pulse",
    key=("week",),
    time="week",
    columns=(
        text("week", "ISO 8601 week: 2026-W48"),
        whole("n", "how many answered", unit="answers"),
        number("median", "1 is worst, 5 is best; empty while single answers could be identified", optional=True),
    ),
)

PRICES = FactTable(
    name="prices",
    meaning="A price that somebody declared.",
    source="andon price",
    key=("since", "environment"),
    time="since",
    columns=(
        time("since", "from when on it holds"),
        text("by", "who declared it"),
        text("currency", "ISO 4217"),
        text("environment", "what costs so much an hour; empty for the price of a minute of a run", optional=True),
        number("price", "of an hour of the environment, or of a minute of a run", unit="currency"),
    ),
)

SERIES = FactTable(
    name="series",
    meaning="One value at one instant of a number that people feed in: orders, sign-ups.",
    source="andon feed",
    key=("series", "at"),
    time="at",
    columns=(
        text("series", "name of the number"),
        time("at", "when it was so"),
        number("value", "the number, in whatever unit it was fed in"),
    ),
)

LEDGER = FactTable(
    name="ledger",
    meaning=(
        "One entry of the ledger: everything that ever happened. Fields that tell something about secrets are left "
        "out of the data, so hashes are proven by andon ledger verify and not from this table."
    ),
    source="the ledger",
    key=("position",),
    time="at",
    columns=(
        whole("position", "counted from 1 over the whole ledger, without gaps"),
        whole("sequence", "how many entries the stream has with this one"),
        text("id", "of the entry"),
        text("stream", "whose history it belongs to: run/815"),
        text("type", "the tool and what happened: pipelines.RunQueued; see the reference of events"),
        whole("schema", "version of the data's shape, counted from 1"),
        time("at", "when"),
        text("actor", "who"),
        text("cause", "id of the entry that led to this one; empty for what a person began", optional=True),
        text("chain", "the change it belongs to: repository@commit", optional=True),
        text("hash", "sha256 over the hash before and all of the entry, in hexadecimal"),
        TableColumn(name="data", kind="json", meaning="the event, without fields about secrets"),
    ),
)

TABLES = (*FACT_TABLES, IMPROVEMENTS, PULSE, PRICES, SERIES, LEDGER)
BY_NAME = {table.name: table for table in TABLES}
