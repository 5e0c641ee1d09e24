"""A pipeline as a run knows it: its tasks, the artifact it makes, and the service that artifact is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from andon.kernel.ids import ArtifactName, RunNumber, ServiceName, TaskName
from andon.kernel.limits import NOTHING_ASKED, AskedLimits
from andon.tools.pipelines.model.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """One node of the graph: a plain command and what it needs."""

    name: TaskName
    #: given to `sh -c`
    run: str
    #: tasks that must be green before this one starts
    needs: tuple[TaskName, ...] = ()
    #: globs below the repository; when given, and the files and the needs are unchanged, an earlier green run is reused
    inputs: tuple[str, ...] = ()
    #: names and values added to the clean environment
    env: tuple[tuple[str, str], ...] = ()
    #: after this it is killed whole
    timeout: timedelta = timedelta(minutes=10)
    #: how much it may use, where it says so
    limits: AskedLimits = NOTHING_ASKED
    #: what it may reach: nothing, the internet, these hosts, or the host's own network
    network: Network = False
    #: globs of JUnit XML files below the checkout
    reports: tuple[str, ...] = ()
    #: failed tests in the reports are a warning only
    reports_advisory: bool = False
    #: fewest tests that must have run; from 1 on, every report must be readable
    reports_minimum: int = 0
    #: of everything its result depends on; "" is never reused
    input_digest: str = ""
    #: the run whose result stands for this one; None when it runs
    reused_from: RunNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactSpec:
    """What a green pipeline publishes."""

    name: ArtifactName
    #: the task whose checkout holds it
    task: TaskName
    #: folder or file below that checkout
    path: str
    #: first part of its versions: "1" gives 1.1, 1.2, …
    version: str = "1"
    #: image whose layers it stands on; "" is none
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One HTTP question and the answer that is good."""

    #: begins with a slash
    path: str
    status: int = 200
    #: text that the answer's body has; "" is any
    contains: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec:
    """How the artifact runs, and how one knows that it does."""

    name: ServiceName
    command: tuple[str, ...]
    #: asked until it is good, and again for as long as the service runs
    health: CheckSpec
    #: asked once, before any traffic
    smoke: tuple[CheckSpec, ...] = ()
    #: names and values; an environment may add to them or replace them
    config: tuple[tuple[str, str], ...] = ()
    #: not healthy after this is failed
    start_timeout: timedelta = timedelta(seconds=30)
    #: between asking it to stop and killing it
    stop_timeout: timedelta = timedelta(seconds=10)
    #: how much an instance may use, where it says so
    limits: AskedLimits = NOTHING_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What one commit's pipeline file says."""

    #: in the order of the file; their needs are all here and have no circle
    tasks: tuple[TaskSpec, ...]
    artifact: ArtifactSpec | None = None
    service: ServiceSpec | None = None
    #: how long a run should take at most; longer is said, not stopped
    budget: timedelta = timedelta(minutes=5)
