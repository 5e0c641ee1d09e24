"""The doors of measurement with their adapters: what reads other tools, where secrets and series are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from andon.config import ServerConfig
from andon.engine.clock import Clock
from andon.engine.desk import Desk
from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.infra.model.secret import SecretName, SecretPlace
from andon.tools.infra.ports import SecretStore
from andon.tools.measurement.adapters.bodies_files import FileBodies
from andon.tools.measurement.adapters.intake_alertmanager import AlertmanagerIntake
from andon.tools.measurement.adapters.intake_cdevents import CdEventsIntake
from andon.tools.measurement.adapters.intake_github import GitHubIntake
from andon.tools.measurement.adapters.intake_gitlab import GitLabIntake
from andon.tools.measurement.adapters.intake_pagerduty import PagerDutyIntake
from andon.tools.measurement.adapters.series_sqlite import SqliteSeries
from andon.tools.measurement.connecting import Connecting
from andon.tools.measurement.file_intake import FileIntake
from andon.tools.measurement.improving import Improving
from andon.tools.measurement.people import Improvements
from andon.tools.measurement.ports import DeliveryReader, SeriesStore
from andon.tools.measurement.pseudonyms import Pseudonyms
from andon.tools.measurement.receiving import Receiving
from andon.tools.measurement.sources import Sources
from andon.tools.measurement.views import Measured
from andon.wiring.keys import random_key
from andon.wiring.parts import HouseParts
from andon.wiring.views import HouseViews

#: no environment can be called so: nobody reaches these by `andon secret`, and no service gets them
_CONNECTIONS = EnvironmentName("_connections")
_SECRET = SecretName("SIGNING_SECRET")


def intakes() -> Mapping[str, DeliveryReader]:
    """Everything that can read another tool, by kind."""
    known: tuple[DeliveryReader, ...] = (
        GitHubIntake(),
        GitLabIntake(),
        PagerDutyIntake(),
        AlertmanagerIntake(),
        CdEventsIntake(),
    )
    return {each.kind: each for each in known}


class StoredConnectionSecrets:
    """measurement.ConnectionSecrets out of infra's encrypted store."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store

    def put(self, connection: str, secret: str) -> str:
        """Its fingerprint. Errors: PortError."""
        return self._store.put(_place(connection), secret)

    def remove(self, connection: str) -> None:
        """Forget it. Errors: PortError."""
        self._store.remove(_place(connection))

    def of(self, connection: str) -> str:
        """The secret; "" when there is none. Errors: PortError."""
        return self._store.secrets_of(_CONNECTIONS, ServiceName(connection)).get(_SECRET, "")


def _place(connection: str) -> SecretPlace:
    return SecretPlace(environment=_CONNECTIONS, service=ServiceName(connection), name=_SECRET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """What the doors of measurement work with; names are those of their dependencies."""

    receiving: Receiving
    connecting: Connecting
    file_intake: FileIntake
    improving: Improving
    series: SeriesStore
    pseudonyms: Pseudonyms
    bodies: FileBodies


def build_measuring(config: ServerConfig, desk: Desk, views: HouseViews, parts: HouseParts, clock: Clock) -> Measuring:
    """All of it, from the configuration."""
    secrets, bodies, readers = (
        StoredConnectionSecrets(parts["secret_store"]),
        FileBodies(config.data / "deliveries"),
        intakes(),
    )
    receiving = Receiving(
        desk=desk,
        intakes=readers,
        sources=views[Sources],
        measured=views[Measured],
        secrets=secrets,
        bodies=bodies,
        now=clock.now,
        trying=parts["trying"],
    )
    return Measuring(
        receiving=receiving,
        connecting=Connecting(desk=desk, sources=views[Sources], secrets=secrets, kinds=frozenset(readers)),
        file_intake=FileIntake(desk=desk, receiving=receiving, now=clock.now, folder=config.data / "imports"),
        improving=Improving(desk=desk, measured=views[Measured], improvements=views[Improvements], now=clock.now),
        series=SqliteSeries(config.data / "series.db"),
        pseudonyms=Pseudonyms(key=random_key(config.data / "keys" / "pulse")),
        bodies=bodies,
    )
