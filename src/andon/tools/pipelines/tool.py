"""The record of pipelines: pipeline files, runs, logs, test results."""

from __future__ import annotations

from andon.tool import LINE, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.pipelines",
    needs=("source",),
    events="events:EVENTS",
    nouns=(
        "model.request:NOUN",
        "model.run:NOUN",
    ),
    views={
        "runs": "views:Runs",
    },
    parts={"logs": "assembly:logs"},
    performers="assembly:performers",
    refusals="refusals:REFUSALS",
    service_section="service_section:section",
    finds="finding:find",
    doors=(
        "pages",
        "api",
    ),
    navigation=(Page(LINE, "/runs", "Runs", key="r"),),
    commands=(
        Command("init", "init:init", "Write a first andon.toml and add the git remote.", LINE),
        Command("run", "commands_run:run", "Run the pipeline here, without a server.", LINE),
        Command("runs", "commands:runs", "The last runs.", LINE),
        Command("log", "commands:log", "What a task printed.", LINE),
    ),
    lanes={"pack": 2, "remove": 2},
)
