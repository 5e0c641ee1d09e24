"""Every tool of the house, in the order of the line. Nothing else names a tool; to add one, add its line here."""

from __future__ import annotations

from andon.line.tool import TOOL as LINE
from andon.tool import Tool
from andon.tools.access.tool import TOOL as ACCESS
from andon.tools.artifacts.tool import TOOL as ARTIFACTS
from andon.tools.delivery.tool import TOOL as DELIVERY
from andon.tools.infra.tool import TOOL as INFRA
from andon.tools.measurement.tool import TOOL as MEASUREMENT
from andon.tools.pipelines.tool import TOOL as PIPELINES
from andon.tools.source.tool import TOOL as SOURCE
from andon.tools.storage.tool import TOOL as STORAGE

TOOLS: tuple[Tool, ...] = (LINE, ACCESS, SOURCE, PIPELINES, ARTIFACTS, INFRA, DELIVERY, MEASUREMENT, STORAGE)
