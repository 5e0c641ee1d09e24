"""What measurement records: who may report facts, what they reported, and what people want to improve."""

from __future__ import annotations

from andon.tools.measurement.model.improving import kaizen, prices, pulse
from andon.tools.measurement.model.improving.improvement import (
    ImprovementBegun,
    ImprovementChecked,
    ImprovementDropped,
    ImprovementDue,
    ImprovementKept,
    ImprovementPlanned,
)
from andon.tools.measurement.model.improving.prices import PricesDeclared
from andon.tools.measurement.model.improving.pulse import PulseAnswered, PulseQuestionChosen
from andon.tools.measurement.model.intake import connection, deliveries, walk
from andon.tools.measurement.model.intake.connection import ConnectionAdded, ConnectionRemoved, ConnectionSecretChanged
from andon.tools.measurement.model.intake.deliveries import FactsReceived, KeptDelivery
from andon.tools.measurement.model.intake.walk import CommitsWalked, HeadWalked, WalkAsked, WalkFailed

__all__ = [
    "EVENTS",
    "NOUNS",
    "CommitsWalked",
    "ConnectionAdded",
    "ConnectionRemoved",
    "ConnectionSecretChanged",
    "FactsReceived",
    "HeadWalked",
    "ImprovementBegun",
    "ImprovementChecked",
    "ImprovementDropped",
    "ImprovementDue",
    "ImprovementKept",
    "ImprovementPlanned",
    "KeptDelivery",
    "PricesDeclared",
    "PulseAnswered",
    "PulseQuestionChosen",
    "WalkAsked",
    "WalkFailed",
]

#: every noun of this tool
NOUNS = (connection.NOUN, deliveries.NOUN, walk.NOUN, kaizen.NOUN, pulse.NOUN, prices.NOUN)

#: every event of this tool
EVENTS: tuple[type, ...] = (
    ConnectionAdded,
    ConnectionSecretChanged,
    ConnectionRemoved,
    FactsReceived,
    KeptDelivery,
    WalkAsked,
    CommitsWalked,
    HeadWalked,
    WalkFailed,
    ImprovementPlanned,
    ImprovementBegun,
    ImprovementDue,
    ImprovementChecked,
    ImprovementKept,
    ImprovementDropped,
    PulseQuestionChosen,
    PulseAnswered,
    PricesDeclared,
)
