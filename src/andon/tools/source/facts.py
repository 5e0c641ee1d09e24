"""What rules and the flow may know of source: where each trunk is."""

from __future__ import annotations

from andon.kernel.envelope import Envelope
from andon.kernel.ids import BranchName, RepositoryName
from andon.tools.source.events import RepositoryCreated, TrunkChanged


class Trunks(dict[RepositoryName, BranchName]):
    """The trunk of every repository that ever was."""

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        if isinstance(happened.event, RepositoryCreated | TrunkChanged):
            self[happened.event.repository] = happened.event.trunk
