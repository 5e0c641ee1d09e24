"""What an instance is told, and what may be said of it once it runs: pure readings of a service's specification."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping

import msgspec

from andon.kernel.errors import PortError
from andon.kernel.ids import short
from andon.tools.delivery.model.promotion import Request
from andon.tools.pipelines.events import ServiceSpec

_LISTENING = re.compile(r"\$(?:(?P<name>HOST|PORT)(?![A-Za-z0-9_])|\{(?P<braced>HOST|PORT)\})")
LABEL = "dev.andon.service"  #: of an image: the service's specification as JSON


def spec_of(labels: Iterable[tuple[str, str]], request: Request) -> ServiceSpec:
    """The specification that the image carries. Errors: PortError when it carries none, or one that cannot be read."""
    text = dict(labels).get(LABEL)
    what = f"the artifact {request.artifact} {request.version} ({short(request.digest)})"
    if text is None:
        raise PortError(f"{what} is no service: its andon.toml had no [service].", permanent=True)
    try:
        return msgspec.json.decode(text, type=ServiceSpec)
    except msgspec.MsgspecError as error:
        raise PortError(f"{what} carries a service that cannot be read: {error}.", permanent=True) from error


def environment_of(request: Request, spec: ServiceSpec, secrets: Mapping[str, str]) -> dict[str, str]:
    """Everything an instance is told, except where it listens; later ones hold."""
    return {
        **dict(spec.config),
        **dict(request.config),
        **secrets,
        "ANDON_SERVICE": request.service,
        "ANDON_ENVIRONMENT": request.environment,
        "ANDON_VERSION": request.version,
        "ANDON_DIGEST": request.digest,
        "ANDON_COMMIT": request.commit,
    }


def command_of(words: Iterable[str], host: str, port: int) -> tuple[str, ...]:
    """The command with $HOST, ${HOST}, $PORT and ${PORT} filled in: it is started without a shell that would do it."""
    values = {"HOST": host, "PORT": str(port)}
    return tuple(_LISTENING.sub(lambda found: values[found["name"] or found["braced"]], word) for word in words)


def wrong_with_listening(listening: Iterable[tuple[str, int]], port: int) -> str:
    """Why an instance that listens here may not have traffic; "" when it may."""
    addresses = tuple(listening)
    open_to_all = next((f"{a}:{p}" for a, p in addresses if not ipaddress.ip_address(a).is_loopback), None)
    if open_to_all:
        return (
            f"it listens on {open_to_all}, which the network can reach past the router. "
            "Let it listen on the address in HOST, which is 127.0.0.1."
        )
    if any(p == port for _, p in addresses):
        return ""
    where = ", ".join(f"{a}:{p}" for a, p in addresses)
    return f"it does not listen on PORT, which is {port}" + (f", but on {where}." if where else ".")
