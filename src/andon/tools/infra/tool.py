"""The record of infra: secrets of services in environments."""

from __future__ import annotations

from andon.tool import ORGANISATION, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.infra",
    needs=("access",),
    events="events:EVENTS",
    nouns=("model.secret:NOUN",),
    views={"secrets": "views:KnownSecrets"},
    facts={"waiting_secrets": "model.waiting_secrets:WaitingSecrets"},
    service_section="service_section:section",
    finds="finding:find",
    doors=(
        "pages",
        "api",
    ),
    navigation=(Page(ORGANISATION, "/secrets", "Secrets", needs="promote"),),
    commands=(Command("secret", "commands:secret", "Secrets of a service in an environment.", ORGANISATION),),
)
