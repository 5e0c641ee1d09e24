"""What delivery tells the other tools: what happened to the line, its cord and its services, and what can be asked."""

from __future__ import annotations

from andon.tools.delivery.model import cord, line, name, service
from andon.tools.delivery.model.cord import CORD_STREAM, CordPulled, CordReleased, PullCord, ReleaseCord
from andon.tools.delivery.model.line import (
    LINE_STREAM,
    EnvironmentSpec,
    LineChangeSeen,
    LineDefined,
    LineRejected,
    ProtectedPaths,
    ReadLineAt,
    ServiceOwner,
    ServicePlacement,
)
from andon.tools.delivery.model.name import HandOver, NameHandedOver, name_stream
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.retirement import RetireService, RouteClosed, ServiceRetired
from andon.tools.delivery.model.rollout import (
    PromotionFailed,
    PromotionOffered,
    PromotionRequested,
    PromotionVerified,
    RolloutStarted,
    RouteLost,
    RouteOpened,
    SlotDrained,
    SlotLost,
    SlotReady,
    SlotRestarted,
    SlotStopped,
    SmokeFailed,
    SmokePassed,
    TrafficShifted,
)
from andon.tools.delivery.model.service import HaltPromotion, OfferPromotion, RequestPromotion, service_stream
from andon.tools.delivery.model.slots import Slot

__all__ = [
    "CORD_STREAM",
    "EVENTS",
    "LINE_STREAM",
    "NOUNS",
    "CordPulled",
    "CordReleased",
    "EnvironmentSpec",
    "HaltPromotion",
    "HandOver",
    "LineChangeSeen",
    "LineDefined",
    "LineRejected",
    "NameHandedOver",
    "OfferPromotion",
    "PromotionFailed",
    "PromotionId",
    "PromotionOffered",
    "PromotionRequested",
    "PromotionVerified",
    "ProtectedPaths",
    "PullCord",
    "ReadLineAt",
    "ReleaseCord",
    "RequestPromotion",
    "RetireService",
    "RolloutStarted",
    "RouteClosed",
    "RouteLost",
    "RouteOpened",
    "ServiceOwner",
    "ServicePlacement",
    "ServiceRetired",
    "Slot",
    "SlotDrained",
    "SlotLost",
    "SlotReady",
    "SlotRestarted",
    "SlotStopped",
    "SmokeFailed",
    "SmokePassed",
    "TrafficShifted",
    "name_stream",
    "service_stream",
]

#: every noun of this tool
NOUNS = (line.NOUN, cord.NOUN, name.NOUN, service.NOUN)

#: every event of this tool
EVENTS: tuple[type, ...] = (
    LineChangeSeen,
    LineDefined,
    LineRejected,
    NameHandedOver,
    CordPulled,
    CordReleased,
    PromotionOffered,
    PromotionRequested,
    RolloutStarted,
    SlotReady,
    SmokePassed,
    SmokeFailed,
    TrafficShifted,
    SlotDrained,
    SlotStopped,
    PromotionVerified,
    PromotionFailed,
    SlotRestarted,
    SlotLost,
    RouteOpened,
    RouteLost,
    ServiceRetired,
    RouteClosed,
)
