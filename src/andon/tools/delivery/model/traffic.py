"""Which slot the router should give requests to: a pure reading of the two slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from andon.kernel.ids import EffectKey, EnvironmentName, ServiceName
from andon.tools.delivery.model.slots import SLOTS, Slot, Standing, State

#: live: gets every new request · draining: only those who stick to it · quiet: none, what runs may end
Mode = Literal["live", "draining", "quiet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One slot as the router sees it."""

    slot: Slot
    #: on loopback
    port: int
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What the router should hold for a service in an environment. Slots that are not named get nothing."""

    environment: EnvironmentName
    service: ServiceName
    #: where it listens; 0 lets the router choose
    port: int
    #: at most one is live
    servers: tuple[Server, ...]
    #: counts up with every change, so that an old wish can be told from a new one
    turn: int


def route_of(state: State) -> Route | None:
    """The wanted route; None while there is nothing to route and nothing to take back."""
    first = state.slot_in("rising") or state.slot_in("live") or state.slot_in("leaving") or state.slot_in("draining")
    leading = state.standing(first or "blue")
    servers = tuple(server for slot in SLOTS if (server := _server(state, slot)))
    if leading is None or not (servers or state.slot_in("leaving")):
        return None
    request = leading.request
    return Route(
        environment=request.environment,
        service=request.service,
        port=request.port or state.route_port,
        servers=servers,
        turn=state.turn,
    )


def route_key(route: Route) -> EffectKey:
    return EffectKey(f"route/{route.environment}/{route.service}/{route.turn}")


def _server(state: State, slot: Slot) -> Server | None:
    here = state.standing(slot)
    mode = _mode(state, here) if here else None
    return Server(slot=slot, port=here.port, mode=mode) if here and mode else None


def _mode(state: State, here: Standing) -> Mode | None:
    if here.role == "rising":
        return "live"
    taken_over = state.slot_in("rising") is not None
    if here.role == "live" and not taken_over:
        return "live"
    if here.role in {"live", "draining"}:
        return "quiet" if _is_rollback(state) else "draining"
    return None


def _is_rollback(state: State) -> bool:
    """A rollback takes everybody off the bad version at once, also those who stick to it."""
    return state.new is not None and state.new.request.rollback
