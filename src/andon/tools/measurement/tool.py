"""The record of measurement: numbers of delivery and what is done about them."""

from __future__ import annotations

from andon.tool import IMPROVE, ORGANISATION, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.measurement",
    needs=("access",),
    events="events:EVENTS",
    nouns=("events:NOUNS",),
    views={
        "measured": "views:Measured",
        "sources": "sources:Sources",
        "improvements": "people:Improvements",
        "pulses": "people:Pulses",
        "price_list": "people:PriceList",
    },
    parts={
        "export_sources": "exports:ExportSources",
        "exports": "exports:Exports",
    },
    performers="assembly:performers",
    per_call={
        "asking": "api.metric_query:provide_asking",
        "question": "api.metric_query:provide_question",
    },
    reactions=("following:follow",),
    refusals="refusals:REFUSALS",
    service_section="service_section:section",
    finds="finding:find",
    doors=(
        "api",
        "pages",
    ),
    navigation=(
        Page(IMPROVE, "/numbers", "Numbers", key="n", also=("/value-stream", "/flow", "/overlay", "/wall")),
        Page(IMPROVE, "/availability", "Availability"),
        Page(IMPROVE, "/kaizen", "Kaizen"),
        Page(ORGANISATION, "/sources", "Sources"),
        Page(ORGANISATION, "/data", "Data"),
    ),
    commands=(
        Command(
            "measure",
            "commands.measure:measure",
            "The numbers of delivery: of a git repository, or of the line.",
            IMPROVE,
        ),
        Command("availability", "commands.availability:availability", "Nines of a system, and error budgets.", IMPROVE),
        Command("kaizen", "commands.improve:kaizen", "Improvements and their numbers.", IMPROVE),
        Command("pulse", "commands.people:pulse", "One question, without names.", IMPROVE),
        Command("feed", "commands.people:feed", "Numbers of your business.", IMPROVE),
        Command("export", "commands.export:export", "The facts as files for other tools.", ORGANISATION),
        Command("connect", "commands.intake:connect", "Other tools that tell facts.", ORGANISATION),
        Command("import", "commands.intake:import_file", "Facts from a file.", ORGANISATION),
        Command("price", "commands.people:price", "What runs and environments cost.", ORGANISATION),
    ),
    lanes={"walk": 2, "measure": 1},
)
