"""What Andon writes into an artifact's image, and reads there again."""

from __future__ import annotations

#: where the artifact's files are in the image, without the first slash
APP = "app"
#: label: how the artifact runs as a service, as JSON
LABEL_SERVICE = "dev.andon.service"
#: label: "name@sha256:…" of the base image, or HOST
LABEL_BASE = "dev.andon.base"
#: the image holds no system of its own: it runs over the host's, read-only, and only under Andon
HOST = "host"
