"""What pipelines works with on this machine; the only module of it that names its adapters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from andon.engine.dispatch import Performer
from andon.kernel.crash_guard import CrashGuard
from andon.kernel.limits import Limits
from andon.kernel.masks import Masks
from andon.tools.pipelines import effects
from andon.tools.pipelines.adapters.logs_files.logs import FileLogs
from andon.tools.pipelines.adapters.reports_junit.reports import JunitReports
from andon.tools.pipelines.adapters.workspaces_git.checkouts import GitWorkspaces
from andon.tools.pipelines.adapters.workspaces_git.commits import GitCommits
from andon.tools.pipelines.ports import ArtifactPacker, Logs, TaskRunner
from andon.tools.pipelines.views import Runs
from andon.tools.pipelines.world import World


def logs(data: Path, masks: Masks) -> FileLogs:
    """What tasks printed."""
    return FileLogs(data / "runs", masks)


def performers(  # noqa: PLR0913  (what runs are made of)
    *,
    data: Path,
    search_path: str,
    runner: TaskRunner,
    logs: Logs,
    runs: Runs,
    packer: ArtifactPacker,
    machine: Callable[[], str],
    largest_limits: Limits,
    trying: CrashGuard,
) -> dict[type, Performer]:
    """Who does which effect."""
    world = World(
        source=GitCommits(data / "repositories", search_path),
        workspaces=GitWorkspaces(data / "repositories", data / "runs", search_path),
        runner=runner,
        logs=logs,
        reports=JunitReports(),
        reuse=runs,
        packer=packer,
        machine=machine,
        largest=largest_limits,
        trying=trying,
    )
    return effects.performers(world)
