"""What a server masks from its start on: the secrets in its store, its own keys, and what its settings hold."""

from __future__ import annotations

import structlog
from structlog.typing import EventDict

from andon.config import ServerConfig
from andon.engine.clock import Clock
from andon.kernel.errors import PortError
from andon.kernel.masks import Masks
from andon.tools.infra.adapters.store_aesgcm import AesGcmStore

log = structlog.get_logger()


def build_secrets(config: ServerConfig, masks: Masks) -> AesGcmStore:
    """Where secrets are kept; what is put there is masked."""
    return AesGcmStore(folder=config.data / "secrets", key_file=config.data / "keys" / "secrets", learn=masks.learn)


class MaskedLog:
    """Takes secrets out of everything that is logged, tracebacks too."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks

    def __call__(self, logger: object, method: str, entry: EventDict) -> EventDict:
        return {key: self._masks.text(value) if isinstance(value, str) else value for key, value in entry.items()}


def mask_log(masks: Masks) -> None:
    """Mask what is logged from now on, as the last step before it is printed."""
    steps = [step for step in structlog.get_config()["processors"] if not isinstance(step, MaskedLog)]
    structlog.configure(processors=[*steps[:-1], MaskedLog(masks), *steps[-1:]])


def teach(masks: Masks, config: ServerConfig, store: AesGcmStore, clock: Clock) -> None:
    """Learn everything that is known to be secret. What does not open now is no service's either, and is logged."""
    masks.learn_variables({**dict(config.task_env), "ANDON_LEDGER": config.ledger})
    for file in sorted((config.data / "keys").glob("*")):
        if file.is_file():
            masks.learn_key(file.read_bytes())
    try:
        unopened = store.teach(clock.now())
    except PortError as error:
        log.warning("secrets are not masked", reason=str(error))
        return
    if unopened:
        log.warning("secrets that do not open are not masked", files=unopened)
