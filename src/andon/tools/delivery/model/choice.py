"""Which artifact goes where when somebody says "promote shop" or "roll back shop": a pure reading of the situation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.ids import ArtifactName, CommitId, Digest, EnvironmentName, RepositoryName, ServiceName, Version
from andon.standards.shapes import did_you_mean
from andon.tools.delivery.model.line import EnvironmentSpec, ServicePlacement
from andon.tools.delivery.model.promotion import Config, Request, Verified
from andon.tools.delivery.model.service import RequestPromotion
from andon.tools.delivery.model.slots import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An artifact that could be promoted."""

    artifact: ArtifactName
    digest: Digest
    version: Version
    commit: CommitId
    repository: RepositoryName
    #: which change on the trunk brought its commit; 0 when nobody knows
    landing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known about one service on the whole line."""

    service: ServiceName
    #: in their order
    environments: tuple[EnvironmentSpec, ...]
    placements: tuple[ServicePlacement, ...]
    states: Mapping[EnvironmentName, State]
    #: the oldest commit's first
    published: tuple[Candidate, ...]
    #: what failed last time it was asked to enter an environment, and why
    failed: Mapping[tuple[EnvironmentName, Digest], str] = field(default_factory=dict)

    def verified(self, environment: EnvironmentName) -> tuple[Candidate, ...]:
        """What was verified in an environment, oldest first."""
        state = self.states.get(environment)
        return tuple(_candidate(known) for known in state.history) if state else ()

    def candidates(self, environment: EnvironmentName) -> tuple[Candidate, ...]:
        """What may enter an environment, oldest first: what was verified before it; into the first, all published."""
        names = [spec.name for spec in self.environments]
        at = names.index(environment)
        return self.verified(names[at - 1]) if at else self.published

    def good_before(self, environment: EnvironmentName) -> list[Candidate]:
        """What led to what is live, oldest first: each served until a newer one came, and was not gone back from."""
        return [_candidate(one) for one in self._way(environment)[:-1]]

    def why_not(self, environment: EnvironmentName, digest: Digest) -> str:
        """Why an artifact should not enter an environment again unless it is named; "" when nothing is known."""
        if (environment, digest) in self.failed:
            return f"failed there: {self.failed[environment, digest]}"
        known = {one.digest for one in self.verified(environment)}
        if digest in known - {one.digest for one in self._way(environment)}:
            return "was rolled back from there."
        return ""

    def _way(self, environment: EnvironmentName) -> list[Verified]:
        state = self.states.get(environment)
        way: list[Verified] = []
        for known in state.history if state else ():
            digests = [one.digest for one in way]
            if known.rollback and known.digest in digests:
                del way[digests.index(known.digest) :]
            elif digests[-1:] == [known.digest]:
                del way[-1]
            way.append(known)
        return way

    def serving(self, environment: EnvironmentName) -> Request | None:
        """What has the traffic in an environment, with a good verdict."""
        state = self.states.get(environment)
        return state.verified.request if state and state.verified and not state.retired else None

    def live(self, environment: EnvironmentName) -> Digest | None:
        """What was verified last in an environment."""
        verified = self.verified(environment)
        return verified[-1].digest if verified else None


def promote(situation: Situation, environment: str, version: str, why: str) -> RequestPromotion:
    """The promotion that is meant: of the newest that may enter, into the first environment that lacks it.

    Errors: NotFound when there is no such thing, Invalid when there is nothing to promote.
    """
    spec = _spec(situation, environment) if environment else _first_that_lacks(situation, version)
    if version:
        candidate = _by_version(situation, spec.name, version)
    else:
        candidates = situation.candidates(spec.name)
        if not candidates:
            raise NotFound(
                f"Nothing of {situation.service} may enter {spec.name} yet: {_nothing(situation, spec.name)}"
            )
        candidate = candidates[-1]
        _check_not_bad(situation, spec.name, candidate)
    return _request(situation, spec, candidate, why=why)


def _check_not_bad(situation: Situation, environment: EnvironmentName, candidate: Candidate) -> None:
    """What failed or was gone back from is tried again only by its name. Errors: Invalid."""
    reason = situation.why_not(environment, candidate.digest)
    if reason:
        again = f"andon promote {situation.service} --env {environment} --version {candidate.version}"
        raise Invalid(
            f"The newest {situation.service} that may enter {environment} is {candidate.version}, which {reason} "
            f"Push a change that mends it. To try the same version again:  {again}"
        )


def roll_back(situation: Situation, environment: str, version: str, why: str) -> RequestPromotion:
    """The promotion of an earlier artifact: of the version, or of the last good one before what is live.

    What was gone back from is not gone back to. Errors: NotFound.
    """
    spec = _spec(situation, environment) if environment else situation.environments[-1]
    known = situation.verified(spec.name)
    fitting = [one for one in known if one.version == version] if version else situation.good_before(spec.name)
    if not fitting and version:
        there = f"Verified there: {', '.join(dict.fromkeys(one.version for one in known)) or 'none'}."
        raise NotFound(f"No version {version} of {situation.service} was verified in {spec.name}. {there}")
    if not fitting:
        raise NotFound(_nothing_before(situation, spec.name))
    return _request(situation, spec, fitting[-1], why=why, rollback=True)


def restart(situation: Situation, environment: str, why: str) -> RequestPromotion:
    """The version that serves once more: in the environment, or in the only one where the service serves.

    Errors: NotFound when it serves nowhere there, Invalid when it serves in several and none is named.
    """
    named = _spec(situation, environment).name if environment else ""
    serving = [spec for spec in situation.environments if situation.serving(spec.name) and named in {"", spec.name}]
    if not serving:
        where = f" in {named}" if named else ""
        raise NotFound(
            f"Nothing of {situation.service} serves{where}: there is nothing to restart. See what does:  andon line"
        )
    if len(serving) > 1:
        names = [str(spec.name) for spec in serving]
        raise Invalid(
            f"{situation.service} serves in {', '.join(names)}. Say which one is meant:  "
            f"andon restart {situation.service} --env {names[0]}"
        )
    served = situation.serving(serving[0].name)
    assert served is not None  # noqa: S101  (that is what serving is)
    request = _request(situation, serving[0], _candidate(served), why=why)
    return replace(request, restart=True)


def _nothing_before(situation: Situation, environment: EnvironmentName) -> str:
    live = situation.live(environment)
    others = dict.fromkeys(one.version for one in situation.verified(environment) if one.digest != live)
    nothing = f"There is no earlier {situation.service} to go back to in {environment}"
    if not others:
        return f"{nothing}: no other version was verified there."
    left = ", ".join(others)
    return (
        f"{nothing}: {left} {'was' if len(others) == 1 else 'were'} rolled back from. Name one with --version VERSION."
    )


def _first_that_lacks(situation: Situation, version: str) -> EnvironmentSpec:
    by_hand = sorted(situation.environments, key=lambda spec: spec.promotion == "automatic")
    lacking = [
        spec  # into the others it enters by itself
        for spec in by_hand
        if (known := situation.candidates(spec.name)) and known[-1].digest != situation.live(spec.name)
    ]
    good = (spec for spec in lacking if not situation.why_not(spec.name, situation.candidates(spec.name)[-1].digest))
    if lacking:
        return next(good, lacking[0])
    where = f" Say where {version} is to go: --env {situation.environments[-1].name}" if version else ""
    raise Invalid(f"Nothing to promote: every environment has the newest {situation.service} that may enter it.{where}")


def _spec(situation: Situation, environment: str) -> EnvironmentSpec:
    names = [str(spec.name) for spec in situation.environments]
    if environment not in names:
        known = did_you_mean(environment, names) or f"Known here: {', '.join(names)}."
        raise NotFound(f'There is no environment "{environment}". {known}')
    return situation.environments[names.index(environment)]


def _by_version(situation: Situation, environment: EnvironmentName, version: str) -> Candidate:
    """Also one that may not enter: the rules say so better than a "not found" would."""
    everything = (*situation.published, *situation.verified(environment), *situation.candidates(environment))
    found = [one for one in everything if one.version == version]
    if not found:
        versions = ", ".join(_newest(one.version for one in everything)) or "none"
        raise NotFound(f"{situation.service} has no version {version}. Newest: {versions}.")
    return found[-1]


def _newest(versions: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(versions))[-5:]


def _nothing(situation: Situation, environment: EnvironmentName) -> str:
    names = [spec.name for spec in situation.environments]
    at = names.index(environment)
    return f"nothing was verified in {names[at - 1]}." if at else "nothing was published."


def _request(
    situation: Situation, spec: EnvironmentSpec, candidate: Candidate, *, why: str, rollback: bool = False
) -> RequestPromotion:
    placement = _placement(situation, spec.name)
    config: Config = placement.config if placement else ()
    return RequestPromotion(
        environment=spec.name,
        service=situation.service,
        digest=candidate.digest,
        version=candidate.version,
        commit=candidate.commit,
        repository=candidate.repository,
        artifact=candidate.artifact,
        rollback=rollback,
        config=config,
        why=why,
        drain=spec.drain,
        port=placement.port if placement else 0,
    )


def _placement(situation: Situation, environment: EnvironmentName) -> ServicePlacement | None:
    fitting = (p for p in situation.placements if (p.service, p.environment) == (situation.service, environment))
    return next(fitting, None)


def _candidate(known: Verified | Request) -> Candidate:
    return Candidate(
        artifact=known.artifact,
        digest=known.digest,
        version=known.version,
        commit=known.commit,
        repository=known.repository,
    )
