"""DORA's throughput: how long a change takes to the people who use it, and how often changes reach them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from andon.tools.measurement.model.deployments import EFFECTIVE, REDEPLOY, UNSUCCESSFUL
from andon.tools.measurement.model.distribution import count_interval, dispersion
from andon.tools.measurement.model.followed import Scene
from andon.tools.measurement.model.lead_time import AFTER_UNKNOWN, FIRST, NEW, STEP, UNKNOWN
from andon.tools.measurement.model.metric import Exclusion, Metric
from andon.tools.measurement.model.rows import commit_rows, deployment_rows
from andon.tools.measurement.model.sample import Sample, middle, points
from andon.tools.measurement.model.trend import Trend, TrendPoint, edges

#: why commits of a deployment of such origin have no lead time
ORIGINS = {
    FIRST: "seed: the first deployment of a place has nothing before it, so nobody knows what was new in it",
    AFTER_UNKNOWN: "the deployment before is of an unknown commit and may have brought these already",
    STEP: "a step to an earlier revision brings nothing new",
}
MERGES = "merge commits: what they join is counted by itself"
SKEW = "clock skew: committed after the deployment that brought it"
UNSUCCESSFUL_WHY = "unsuccessful: it changed nothing for the people who use the service"
REDEPLOY_WHY = "redeploy: the same revision was there already"
UNKNOWN_WHY = "commit not known: nobody told what is in it"
CUT_WHY = "history is cut: the commits behind this one were never told"


@dataclass(slots=True)
class _Sorted:
    """The commits of a window by what becomes of them: entries of the first deployments."""

    counted: array[int] = field(default_factory=lambda: array("l"))
    values: array[float] = field(default_factory=lambda: array("d"))
    merges: array[int] = field(default_factory=lambda: array("l"))
    skewed: array[int] = field(default_factory=lambda: array("l"))
    #: by origin
    others: dict[int, array[int]] = field(default_factory=dict)


def change_lead_time(scene: Scene) -> tuple[Metric, Trend]:
    """From commit to first deployment."""
    found = _sort(scene)
    firsts = scene.firsts
    by = [firsts.by[entry] for entry in found.counted]
    sample = Sample(
        values=found.values,
        times=array("d", map(scene.judged.finished.__getitem__, by)),
        independent=sum(1 for _ in groupby(by)),
    )
    how = middle(sample, "median", "commits")
    metric = Metric(
        id="change-lead-time",
        title="Change lead time",
        unit="seconds",
        value=how.value,
        definition=(
            "Median time from a commit (committer date) to the end of the first successful deployment that brought it "
            "here. Each commit counts once; merge commits, the first deployment here and steps back do not count."
        ),
        sample="commits",
        n=len(found.values),
        low=how.low,
        high=how.high,
        spread=how.spread,
        counted=commit_rows(scene, found.counted, values=found.values),
        excluded=tuple(_left_out(scene, found)),
        notes=how.notes,
    )
    return metric, Trend(metric=metric.id, unit="seconds", points=points(sample, edges(scene.window), "median"))


def _sort(scene: Scene) -> _Sorted:
    firsts, finished, found = scene.firsts, scene.judged.finished, _Sorted()
    for entry in firsts.entries(scene.span):
        by, commit = firsts.by[entry], firsts.commits[entry]
        graph = firsts.graphs[firsts.repositories[entry]]
        if firsts.origins[by] != NEW:
            found.others.setdefault(firsts.origins[by], array("l")).append(entry)
        elif len(graph.parents[commit]) > 1:
            found.merges.append(entry)
        elif graph.committed[commit] > finished[by]:
            found.skewed.append(entry)
        else:
            found.counted.append(entry)
            found.values.append(finished[by] - graph.committed[commit])
    return found


def _left_out(scene: Scene, found: _Sorted) -> Iterator[Exclusion]:
    for origin, entries in sorted(found.others.items()):
        yield Exclusion(reason=ORIGINS[origin], rows=commit_rows(scene, entries))
    for reason, entries in ((MERGES, found.merges), (SKEW, found.skewed)):
        if entries:
            yield Exclusion(reason=reason, rows=commit_rows(scene, entries))
    kinds, origins = scene.judged.kinds, scene.firsts.origins
    yield from deployments_left_out(scene)
    unknown = [number for number in scene.span if origins[number] == UNKNOWN and EFFECTIVE[kinds[number]]]
    cut = sorted({number for number, _, _ in scene.firsts.cuts if number in scene.span})
    for reason, numbers in ((UNKNOWN_WHY, unknown), (CUT_WHY, cut)):
        if numbers:
            yield Exclusion(reason=reason, rows=deployment_rows(scene, numbers))


def deployments_left_out(scene: Scene) -> Iterator[Exclusion]:
    """Deployments of the window that changed nothing."""
    kinds = scene.judged.kinds
    for kind, reason in ((REDEPLOY, REDEPLOY_WHY), (UNSUCCESSFUL, UNSUCCESSFUL_WHY)):
        numbers = [number for number in scene.span if kinds[number] == kind]
        if numbers:
            yield Exclusion(reason=reason, rows=deployment_rows(scene, numbers))


def deployment_frequency(scene: Scene) -> tuple[Metric, Trend]:
    """How often."""
    kinds = scene.judged.kinds
    numbers = array("l", (number for number in scene.span if EFFECTIVE[kinds[number]]))
    days = scene.window.days
    parts = tuple(_counts(scene, numbers))
    known = bool(scene.known) and days > 0
    low, high = count_interval(len(numbers), dispersion([part.n for part in parts[1:-1]]))
    metric = Metric(
        id="deployment-frequency",
        title="Deployment frequency",
        unit="per day",
        value=len(numbers) / days if known else None,
        definition=(
            "Successful deployments that changed what runs here, divided by the days of the window, weekends included."
        ),
        sample="deployments",
        n=len(numbers),
        low=low / days if known else None,
        high=high / days if known else None,
        counted=deployment_rows(scene, numbers),
        excluded=tuple(deployments_left_out(scene)),
        notes=() if known else ("No data: nothing was ever deployed here.",),
    )
    return metric, Trend(metric=metric.id, unit="per day", points=parts)


def _counts(scene: Scene, numbers: array[int]) -> Iterator[TrendPoint]:
    finished = scene.judged.finished
    cuts = edges(scene.window)
    begin = 0
    for at, until in pairwise(cuts):
        end = begin
        while end < len(numbers) and finished[numbers[end]] < until.timestamp():
            end += 1
        known = bool(finished) and finished[0] < until.timestamp()
        value = (end - begin) / ((until - at).total_seconds() / 86400)
        yield TrendPoint(begin=at, value=value if known else None, n=end - begin)
        begin = end
