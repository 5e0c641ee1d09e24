"""What delivery tells the other tools: what happened to the line, its cord and its services, and what can be asked."""

from __future__ import annotations

from andon.tools.delivery.model import cord, line, service
from andon.tools.delivery.model.cord import CORD_STREAM as CORD_STREAM
from andon.tools.delivery.model.cord import CordPulled as CordPulled
from andon.tools.delivery.model.cord import CordReleased as CordReleased
from andon.tools.delivery.model.cord import PullCord as PullCord
from andon.tools.delivery.model.cord import ReleaseCord as ReleaseCord
from andon.tools.delivery.model.line import LINE_STREAM as LINE_STREAM
from andon.tools.delivery.model.line import EnvironmentSpec as EnvironmentSpec
from andon.tools.delivery.model.line import LineChangeSeen as LineChangeSeen
from andon.tools.delivery.model.line import LineDefined as LineDefined
from andon.tools.delivery.model.line import LineRejected as LineRejected
from andon.tools.delivery.model.line import ReadLineAt as ReadLineAt
from andon.tools.delivery.model.line import ServicePlacement as ServicePlacement
from andon.tools.delivery.model.promotion import PromotionId as PromotionId
from andon.tools.delivery.model.rollout import PromotionFailed as PromotionFailed
from andon.tools.delivery.model.rollout import PromotionOffered as PromotionOffered
from andon.tools.delivery.model.rollout import PromotionRequested as PromotionRequested
from andon.tools.delivery.model.rollout import PromotionVerified as PromotionVerified
from andon.tools.delivery.model.rollout import RolloutStarted as RolloutStarted
from andon.tools.delivery.model.rollout import RouteLost as RouteLost
from andon.tools.delivery.model.rollout import RouteOpened as RouteOpened
from andon.tools.delivery.model.rollout import SlotDrained as SlotDrained
from andon.tools.delivery.model.rollout import SlotLost as SlotLost
from andon.tools.delivery.model.rollout import SlotReady as SlotReady
from andon.tools.delivery.model.rollout import SlotRestarted as SlotRestarted
from andon.tools.delivery.model.rollout import SlotStopped as SlotStopped
from andon.tools.delivery.model.rollout import SmokeFailed as SmokeFailed
from andon.tools.delivery.model.rollout import SmokePassed as SmokePassed
from andon.tools.delivery.model.rollout import TrafficShifted as TrafficShifted
from andon.tools.delivery.model.service import HaltPromotion as HaltPromotion
from andon.tools.delivery.model.service import OfferPromotion as OfferPromotion
from andon.tools.delivery.model.service import RequestPromotion as RequestPromotion
from andon.tools.delivery.model.service import service_stream as service_stream
from andon.tools.delivery.model.slots import Slot as Slot

#: every noun of this tool
NOUNS = (line.NOUN, cord.NOUN, service.NOUN)

#: every event of this tool
EVENTS: tuple[type, ...] = (
    LineChangeSeen,
    LineDefined,
    LineRejected,
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
)
