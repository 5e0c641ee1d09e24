"""What the line says to a push before anything moves: files it cannot use, names of others, what is protected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from andon.kernel.errors import Invalid, Refused
from andon.kernel.ids import BranchName, CommitId, short
from andon.line.facts import Facts
from andon.line.owners import names_of
from andon.line.ports import Ports
from andon.line.protection import LINE_REPOSITORY
from andon.line.rules.one_source import ID as ONE_SOURCE
from andon.line.rules.one_source import claim
from andon.machine.git.words import TooMuch
from andon.tools.delivery.model.line_file import FILE_NAME, parse_line
from andon.tools.pipelines.model.parse_pipeline import parse_pipeline
from andon.tools.pipelines.model.pipeline_file import FILE_NAME as PIPELINE_FILE
from andon.tools.source.model.push import RefUpdate, choose_trunk
from andon.tools.source.ports import GitRepositories, Push

ID = "line-file"
PROTECTED = "protected"
INPUTS = "inputs-match-files"
OPERATOR = "promote"  #: the permission that makes an operator
IN_PARTS = "Push the commits one after the other (git push andon COMMIT:BRANCH), or ask an operator to push them."
MOST_NAMED = 5  #: paths in a refusal
MOST_COMPARED = 1_000_000  #: patterns times files: a second of this machine's time


class PushJudge:
    """source.Judge for what concerns the whole line."""

    def __init__(self, repositories: GitRepositories, facts: Facts, ports: Ports) -> None:
        self._repositories = repositories
        self._facts = facts
        self._ports = ports

    async def judge(self, push: Push) -> Refused | None:
        """The first refusal; None when there is nothing to say."""
        for update, commit in self._brought(push):
            if push.repository == LINE_REPOSITORY and (refused := await self._of_line(push, commit)):
                return refused
            if update.branch != self._trunk(push):
                continue
            if refused := await self._of_protection(push, update, commit) or await self._of_pipeline(push, commit):
                return refused
        return None

    @staticmethod
    def _brought(push: Push) -> Iterator[tuple[RefUpdate, CommitId]]:
        return ((update, update.after) for update in push.updates if update.branch and update.after)

    def _trunk(self, push: Push) -> BranchName:
        branches = tuple(update.branch for update in push.updates if update.branch)
        return self._facts.trunks.get(push.repository) or choose_trunk(branches)

    async def _of_line(self, push: Push, commit: CommitId) -> Refused | None:
        data = await self._repositories.blob(push.repository, commit, FILE_NAME, quarantine=push.quarantine)
        if data is None:
            return Refused(
                ID, f"there is no {FILE_NAME} in this commit.", f"Put {FILE_NAME} at the top and push again."
            )
        try:
            line = parse_line(data.decode(errors="replace"))
            self._ports.check(line.placements)
        except Invalid as error:
            return Refused(ID, str(error), f"Mend {FILE_NAME} and push again; the line stays as it is.")
        return None

    async def _of_protection(self, push: Push, update: RefUpdate, commit: CommitId) -> Refused | None:
        """What is protected is pushed by an operator, or once another person has approved it."""
        protection = self._facts.protection
        if not protection.is_protected(push.repository) or OPERATOR in push.permissions:
            return None
        if protection.is_approved(push.repository, commit):
            return None
        try:
            changed = await self._repositories.changed(
                push.repository, update.before, commit, quarantine=push.quarantine
            )
        except TooMuch as error:
            return Refused(PROTECTED, f"{push.repository} has protected files, and {error}.", IN_PARTS)
        paths = await asyncio.to_thread(protection.protected, push.repository, changed)
        if not paths:
            return None
        named = ", ".join(paths[:MOST_NAMED]) + (f" and {len(paths) - MOST_NAMED:,} more" if paths[MOST_NAMED:] else "")
        return Refused(
            PROTECTED,
            f"only an operator changes {named} of {push.repository}, and {push.actor} is none.",
            f"Push it to a branch:  git push andon HEAD:refs/heads/change-{short(commit)}\n"
            f"Ask an operator:  andon approve {push.repository} {short(commit)}\n"
            "Then push again as before.",
        )

    async def _of_pipeline(self, push: Push, commit: CommitId) -> Refused | None:
        """What it would publish is its own, and its inputs are there; a file that is wrong otherwise fails its run."""
        try:
            data = await self._repositories.blob(push.repository, commit, PIPELINE_FILE, quarantine=push.quarantine)
            if data is None:
                return None
            text = data.decode(errors="replace")
            pipeline = await asyncio.to_thread(parse_pipeline, text)
        except Invalid:
            return None
        artifact, service = pipeline.artifact, pipeline.service
        names = names_of(artifact.name if artifact else "", service.name if service else None)
        if denied := claim(self._facts.owners, push.repository, names):
            return Refused(ONE_SOURCE, denied.reason, denied.remedy)
        patterns = sum(len(task.inputs) for task in pipeline.tasks)
        return await self._of_inputs(push, commit, text, patterns) if patterns else None

    async def _of_inputs(self, push: Push, commit: CommitId, text: str, patterns: int) -> Refused | None:
        """Each pattern matches a file of the commit; what takes too long to compare here is compared by the run."""
        try:
            paths = await self._repositories.changed(push.repository, None, commit, quarantine=push.quarantine)
        except TooMuch:
            return None
        if patterns * len(paths) > MOST_COMPARED:
            return None
        try:
            await asyncio.to_thread(parse_pipeline, text, paths=paths)
        except Invalid as error:
            return Refused(INPUTS, str(error), f"Mend {PIPELINE_FILE} and push again. See it before: andon check")
        return None
