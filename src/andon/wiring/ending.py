"""Ends everything that a server has left running: services, routers, tasks."""

from __future__ import annotations

import asyncio

from andon.config import ServerConfig
from andon.engine.clock import SystemClock
from andon.kernel.masks import Masks
from andon.tools.delivery.effects.sweeping import sweep
from andon.wiring.joining import build_router
from andon.wiring.masks import build_secrets, teach
from andon.wiring.running import build_egress, build_runner, build_sandboxes
from andon.wiring.serving import build_instance_logs, build_runtime


async def end_everything(config: ServerConfig) -> tuple[str, ...]:
    """What was ended, in words. The folder must be ours: nothing may be started meanwhile. Errors: PortError.

    What should run is in the ledger; the next server on the folder starts it again.
    """
    if not config.data.is_dir():
        return ()
    sandboxes = build_sandboxes(config)
    masks = Masks()
    # the rest of what tasks printed is written here
    await asyncio.to_thread(teach, masks, config, build_secrets(config, masks), SystemClock())
    runtime = build_runtime(config, sandboxes, build_instance_logs(config, masks))
    swept = await sweep(runtime, build_router(config), lambda: ())
    tasks = await build_runner(config, sandboxes, masks, build_egress(config)).end_all()
    return (*swept, *(f"task {task} of run {run}" for run, task in tasks))
