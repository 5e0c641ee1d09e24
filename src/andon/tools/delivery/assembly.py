"""What delivery works with on this machine; the only module of it that names its adapters."""

from __future__ import annotations

from andon.engine.dispatch import Performer
from andon.kernel.crash_guard import CrashGuard
from andon.tools.delivery import effects
from andon.tools.delivery.adapters.prober_http import HttpProber
from andon.tools.delivery.ports import (
    DeliveryPorts,
    Images,
    LineSource,
    Provenance,
    Router,
    Runtime,
    ServiceSecrets,
)


def performers(  # noqa: PLR0913  (what deliveries are made of)
    *,
    images: Images,
    provenance: Provenance,
    service_secrets: ServiceSecrets,
    runtime: Runtime,
    router: Router,
    line_source: LineSource,
    trying: CrashGuard,
) -> dict[type, Performer]:
    """Who does which effect."""
    ports = DeliveryPorts(
        images=images,
        provenance=provenance,
        secrets=service_secrets,
        runtime=runtime,
        prober=HttpProber(),
        router=router,
        line=line_source,
        trying=trying,
    )
    return effects.performers(ports)
