"""The sections of a service's page: each tool that runs here brings its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from andon.tool import Tool
from andon.web.service_sections import AboutService, HubSection, ServiceSections
from andon.wiring.views import HouseViews


def service_sections(tools: Sequence[Tool], views: HouseViews) -> ServiceSections:
    """In the order of the tools; those that have nothing to show are left out."""
    found = (tool.load(tool.service_section) for tool in tools if tool.service_section)
    asked = tuple(partial(one, **views.asked_by(one)) for one in found)

    def sections(about: AboutService) -> tuple[HubSection, ...]:
        made = (section(about) for section in asked)
        return tuple(one for one in made if one is not None)

    return sections
