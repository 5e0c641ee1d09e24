"""Ends everything that a server has left running: services, routers, tasks."""

from __future__ import annotations

from andon.config import ServerConfig
from andon.tools.delivery.effects.sweeping import sweep
from andon.wiring.adapters import build_router, build_runner, build_runtime


async def end_everything(config: ServerConfig) -> tuple[str, ...]:
    """What was ended, in words. The folder must be ours: nothing may be started meanwhile. Errors: PortError.

    What should run is in the ledger; the next server on the folder starts it again.
    """
    if not config.data.is_dir():
        return ()
    swept = await sweep(build_runtime(config), build_router(config), lambda: ())
    tasks = await build_runner(config).end_all()
    return (*swept, *(f"task {task} of run {run}" for run, task in tasks))
