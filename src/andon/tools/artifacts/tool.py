"""The record of artifacts: the registry, versions, provenance."""

from __future__ import annotations

from andon.tool import LINE, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.artifacts",
    needs=("access",),
    events="events:EVENTS",
    nouns=("model.artifact:NOUN",),
    views={
        "artifacts": "views:Artifacts",
    },
    parts={"inspector": "inspection:RegistryInspector"},
    service_section="service_section:section",
    doors=(
        "pages",
        "api",
    ),
    navigation=(Page(LINE, "/artifacts", "Artifacts", key="a"),),
    commands=(Command("artifacts", "commands:artifacts", "What was published.", LINE),),
    lanes={"registry": 4},
)
