"""A promotion: one artifact with one configuration on its way into one environment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from andon.kernel.ids import ArtifactName, CommitId, Digest, EnvironmentName, RepositoryName, ServiceName, Version

PromotionId = NewType("PromotionId", str)  #: "<environment>/<service>/<n>", n counted from 1

Config = tuple[tuple[str, str], ...]  #: names and values that the environment gives a service


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for, whole: a slot can be filled from it alone."""

    promotion: PromotionId
    environment: EnvironmentName
    service: ServiceName
    artifact: ArtifactName
    digest: Digest
    version: Version
    commit: CommitId
    repository: RepositoryName
    #: to something that was verified here before
    rollback: bool
    #: of the environment, in the order of the names
    config: Config
    #: sha256 of the configuration, so that two can be compared at a glance
    config_digest: str
    #: why, in words: "verified in test", "asked for by ada"
    why: str
    #: how long requests that began before the switch may take
    drain: timedelta
    #: where the router listens on loopback; 0 lets it choose, and keep what it has
    port: int
    requested_at: datetime
    #: the version that serves, started anew in the other slot: no deployment of another one
    restart: bool = False

    def is_same(self, other: Request) -> bool:
        """Does the other, which was asked for later, want the same thing in the slot, behind the same door or any?"""
        return (self.digest, self.config_digest) == (other.digest, other.config_digest) and other.port in {0, self.port}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One revision that took over here at some time, and can be gone back to."""

    promotion: PromotionId
    artifact: ArtifactName
    digest: Digest
    version: Version
    commit: CommitId
    repository: RepositoryName
    config_digest: str
    rollback: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An artifact that waits for somebody to promote it."""

    digest: Digest
    version: Version


def promotion_id(environment: EnvironmentName, service: ServiceName, number: int) -> PromotionId:
    """The id of the n-th promotion of a service into an environment."""
    return PromotionId(f"{environment}/{service}/{number}")


def in_order(config: Config) -> Config:
    """The configuration in the order of its names; of a name given twice the last value holds."""
    return tuple(sorted(dict(config).items()))


def config_digest(config: Config) -> str:
    """sha256 of the configuration, whatever order it was written in."""
    return hashlib.sha256(json.dumps(in_order(config)).encode()).hexdigest()
