"""Which logs of a service are kept, and which one is meant: logs of the port beside promotions of the view."""

from __future__ import annotations

from dataclasses import dataclass

from andon.kernel.errors import NotFound
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.standards.shapes import did_you_mean
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.rollout import PromotionFailed
from andon.tools.delivery.ports import KeptLog, ServiceLogs
from andon.tools.delivery.views import Environments, ServiceSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLog:
    """What the instances of one promotion printed."""

    environment: EnvironmentName
    service: ServiceName
    #: of the service in the environment, counted from 1
    promotion: int
    #: "" when the promotion is long ago
    version: str
    #: verified · failed · "" when there is no verdict, or it is long ago
    verdict: str
    #: more may come
    is_open: bool
    size_bytes: int

    @property
    def id(self) -> PromotionId:
        return PromotionId(f"{self.environment}/{self.service}/{self.promotion}")

    @property
    def title(self) -> str:
        """ "1.3, failed": as a list shows it."""
        words = (self.version or f"promotion {self.promotion}", self.verdict, "running" if self.is_open else "")
        return ", ".join(word for word in words if word)


async def kept_logs(
    logs: ServiceLogs, environments: Environments, environment: str, service: str
) -> tuple[ServiceLog, ...]:
    """Every log of a service in an environment, the newest first. Errors: NotFound for a service that nobody knows."""
    seen = environments.service(EnvironmentName(environment), ServiceName(service))
    return tuple(_service_log(seen, one) for one in await logs.kept(seen.environment, seen.service))


def choose_log(kept: tuple[ServiceLog, ...], version: str = "", promotion: int = 0) -> ServiceLog:
    """The newest of the version, or that of the promotion, or the newest of all. Errors: NotFound."""
    for log in kept:
        if version in {"", log.version} and promotion in {0, log.promotion}:
            return log
    if not kept:
        raise NotFound("No log is kept: no instance was started yet. See what runs where with: andon line")
    versions = tuple(dict.fromkeys(log.version for log in kept if log.version))
    known = did_you_mean(version, versions) or f"Versions with a log: {', '.join(versions) or 'none'}."
    wanted = f"version {version[:40]}" if version else f"promotion {promotion}"
    raise NotFound(f"No log of {wanted} is kept. {known}")


def _service_log(seen: ServiceSeen, kept: KeptLog) -> ServiceLog:
    verdict = next((one.verdict for one in seen.promoted if one.request.promotion == kept.promotion), None)
    try:
        version = str(seen.request(kept.promotion).version)
    except NotFound:
        version = ""
    return ServiceLog(
        environment=seen.environment,
        service=seen.service,
        promotion=int(kept.promotion.rpartition("/")[2]),
        version=version,
        verdict="" if verdict is None else "failed" if isinstance(verdict, PromotionFailed) else "verified",
        is_open=kept.is_open,
        size_bytes=kept.size_bytes,
    )
