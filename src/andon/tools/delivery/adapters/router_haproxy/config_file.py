"""HAProxy's configuration of one route: what it comes up with when nobody is there to tell it."""

from __future__ import annotations

import hashlib

from andon.tools.delivery.model.slots import SLOTS, Slot
from andon.tools.delivery.model.traffic import Route, Server

BACKEND = "app"
SOCKET = "admin.sock"  #: in the folder that HAProxy runs in: the path of a socket must be short, that of a folder not
FULL_WEIGHT = 100
LOOPBACK = "127.0.0.1"
#: a browser shows the cookies of a host on all its ports: a service must not see who is signed in to Andon beside it
OUR_SESSIONS = "(__Host-)?andon_session=[^;]*(; *)?"

_TEXT = """\
# Written by Andon; changes are overwritten.
global
    stats socket unix@{socket} mode 600 level admin
    stats timeout 20d
    maxconn {connections}
    noreuseport
    hard-stop-after 5s

defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout http-request 10s
    timeout http-keep-alive 60s
    timeout queue 10s
    timeout tunnel 1h
    option forwardfor
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response

frontend in
    bind {bind}:{port}
    http-request set-header Cookie '%[req.fhdr(Cookie),regsub("{ours}","",g)]' if {{ req.fhdr(Cookie) -m found }}
    http-request disable-l7-retry if !METH_GET !{{ method HEAD OPTIONS }}
    default_backend {backend}

backend {backend}
    balance roundrobin
    cookie {cookie} insert indirect nocache httponly
{servers}
"""


def render(route: Route, bind: str, port: int, connections: int) -> str:
    """The whole file; `connections` are the most that it may have at once."""
    return _TEXT.format(
        connections=connections,
        socket=SOCKET,
        bind=bind,
        port=port,
        backend=BACKEND,
        cookie=cookie_name(route),
        ours=OUR_SESSIONS,
        servers="\n".join(f"    {_line(slot, server_of(route, slot))}" for slot in SLOTS),
    )


def cookie_name(route: Route) -> str:
    """Cookies are a host's and not a port's, so that each service in each environment needs its own."""
    return f"ANDON_{hashlib.sha256(f'{route.environment}/{route.service}'.encode()).hexdigest()[:8]}"


def server_of(route: Route, slot: Slot) -> Server | None:
    return next((server for server in route.servers if server.slot == slot), None)


def weight_of(server: Server | None) -> int | None:
    """The weight of a slot; None when it gets no request at all."""
    if server is None or server.mode == "quiet":
        return None
    return FULL_WEIGHT if server.mode == "live" else 0


def commands(route: Route) -> tuple[str, ...]:
    """What to say over the runtime socket so that it holds the route: what rises goes first, or nobody would serve."""
    order = {"live": 0, "draining": 1, "quiet": 2}
    servers = sorted(route.servers, key=lambda server: order[server.mode])
    absent = (slot for slot in SLOTS if server_of(route, slot) is None)
    return (
        *(command for server in servers for command in _of_server(server)),
        *(f"set server {BACKEND}/{slot} state maint" for slot in absent),
    )


def _of_server(server: Server) -> tuple[str, ...]:
    name = f"{BACKEND}/{server.slot}"
    address = f"set server {name} addr {LOOPBACK} port {server.port}"
    weight = weight_of(server)
    if weight is None:
        return (address, f"set server {name} state maint")
    return (address, f"set server {name} weight {weight}", f"set server {name} state ready")


def _line(slot: Slot, server: Server | None) -> str:
    port = server.port if server else 1
    weight = weight_of(server)
    given = f"weight {FULL_WEIGHT} disabled" if weight is None else f"weight {weight}"
    return f"server {slot} {LOOPBACK}:{port} cookie {slot} {given}"
