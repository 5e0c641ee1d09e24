"""The record of delivery: environments, promotions, rollouts, services, the cord."""

from __future__ import annotations

from andon.tool import LINE, OPERATE, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.delivery",
    needs=("source", "artifacts", "infra"),
    events="events:EVENTS",
    nouns=("events:NOUNS",),
    views={
        "environments": "views:Environments",
        "verdicts": "verdicts:Verdicts",
    },
    facts={"cords": "facts:Cords"},
    performers="assembly:performers",
    per_call={"promotions": "answering:provide_promotions"},
    refusals="refusals:REFUSALS",
    finds="finding:find",
    doors=(
        "pages",
        "pages_services",
        "api",
        "pages_logs",
    ),
    navigation=(
        Page(LINE, "/environments", "Environments", key="e"),
        Page(OPERATE, "/services", "Services", key="s"),
    ),
    commands=(
        Command("line", "commands:line", "Environments and what runs in them.", LINE),
        Command("promote", "commands:promote", "Let an artifact into the next environment.", LINE),
        Command("cord", "commands:cord", "Stop the line, or let it go on.", LINE),
        Command("logs", "commands_logs:logs", "What a service printed.", OPERATE),
        Command("rollback", "commands:rollback", "Go back to an artifact that worked.", OPERATE),
        Command("restart", "commands:restart", "Start what serves anew, without loss.", OPERATE),
    ),
)
