"""The numbers by which delivery is judged: DORA's five, and two that people ask for beside them."""

from __future__ import annotations

from collections.abc import Callable

from andon.tools.measurement.model.metric import Metric
from andon.tools.measurement.model.numbers.causes import Case
from andon.tools.measurement.model.numbers.recovery import failed_deployment_recovery_time, mean_time_between_failures
from andon.tools.measurement.model.numbers.stability import change_fail_rate, deployment_rework_rate
from andon.tools.measurement.model.numbers.throughput import change_lead_time, cycle_time, deployment_frequency
from andon.tools.measurement.model.numbers.trend import Trend

#: in the order in which they are shown
METRICS: dict[str, Callable[[Case], tuple[Metric, Trend]]] = {
    "change-lead-time": change_lead_time,
    "deployment-frequency": deployment_frequency,
    "failed-deployment-recovery-time": failed_deployment_recovery_time,
    "change-fail-rate": change_fail_rate,
    "deployment-rework-rate": deployment_rework_rate,
    "mean-time-between-failures": mean_time_between_failures,
    "cycle-time": cycle_time,
}
