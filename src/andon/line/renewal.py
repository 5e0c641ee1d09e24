"""When a service gets a secret that was set or removed: in words, for whoever did it."""

from __future__ import annotations

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.line.facts import Facts


class Renewal:
    """infra.Renewal: what the flow makes of a changed secret."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def of(self, environment: EnvironmentName, service: ServiceName) -> str:
        """One sentence: when what runs gets the newest values, and what to do."""
        facts, what = self._facts, f"{service} in {environment}"
        spec = next((one for one in facts.environments if one.name == environment), None)
        standing = facts.standing(environment, service)
        if standing.in_progress:
            return f"{what} is being deployed; it has the newest values afterwards, or says that they wait."
        if not facts.secrets.names(environment, service):
            return f"Nothing of {what} runs with another value; it gets this one when it starts."
        cord = facts.cords.stopping(environment, service)
        if spec is None or spec.promotion != "automatic":
            return f"{what} uses the old value until:  andon restart {service} --env {environment}"
        if cord is not None:
            return f"{what} uses the old value until the cord is released; then it restarts by itself."
        return f"{what} restarts with it now, without loss."
