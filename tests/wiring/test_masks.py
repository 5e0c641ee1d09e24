"""What a server logs has no secrets in it."""

from __future__ import annotations

import structlog
from structlog.testing import capture_logs

from andon.kernel.masks import Masks
from andon.wiring.masks import MaskedLog, mask_log


def test_words_and_tracebacks_of_the_log_are_masked() -> None:
    """As the last step before they are printed; numbers stay numbers."""
    masks = Masks()
    masks.learn("hunter2hunter2")
    before = structlog.get_config()["processors"]
    try:
        with capture_logs() as logged:
            mask_log(masks)
            structlog.get_logger().error("broke", exception="Traceback: hunter2hunter2", position=3)
            (entry,) = logged
        assert "hunter2" not in entry["exception"]
        assert entry["position"] == 3
    finally:
        structlog.configure(processors=before)


def test_a_second_server_in_the_process_masks_with_its_own() -> None:
    """One such step, never two."""
    before = structlog.get_config()["processors"]
    try:
        mask_log(Masks())
        mask_log(Masks())
        assert sum(isinstance(step, MaskedLog) for step in structlog.get_config()["processors"]) == 1
    finally:
        structlog.configure(processors=before)
