"""GitHub's payloads in the documented shape, with our own values; each test changes what it is about."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from andon.kernel.ids import CommitId
from andon.tools.measurement.adapters.intake_github import GitHubIntake
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = Mapping(source="hub")
COMMIT, OTHER = CommitId("a1" * 20), CommitId("b2" * 20)
ZEROS = "0" * 40

REPOSITORY: dict[str, Any] = {
    "id": 1,
    "full_name": "acme/Shop",
    "html_url": "https://hub.example/acme/Shop",
    "clone_url": "https://hub.example/acme/Shop.git",
    "default_branch": "main",
    "pushed_at": 1772366400,
}
ADA, GRACE = {"login": "ada", "type": "User"}, {"login": "grace", "type": "User"}


def read(event: str, payload: object, names: Mapping = NAMES) -> ReadDelivery:
    """As it comes in."""
    headers = {"x-github-event": event, "x-github-delivery": "d-1", "content-type": "application/json"}
    return GitHubIntake().read(headers, json.dumps(payload).encode(), names, NOW)


def push(**changed: object) -> dict[str, Any]:
    """To the trunk."""
    told = {"ref": "refs/heads/main", "before": OTHER, "after": COMMIT, "created": False, "deleted": False}
    commits = [{"id": COMMIT, "message": "one of many", "timestamp": "2026-03-01T11:00:00Z"}]
    return {**told, "forced": False, "commits": commits, "repository": REPOSITORY, "sender": ADA, **changed}


def deployment_status(
    state: str = "success", *, at: str = "2026-03-01T12:05:00Z", **deployment: object
) -> dict[str, Any]:
    """Of a deployment that was made at noon."""
    made = {
        "id": 77,
        "sha": COMMIT,
        "ref": "main",
        "task": "deploy",
        "environment": "production",
        "payload": {},
        "creator": ADA,
        "created_at": "2026-03-01T12:00:00Z",
        # GitHub moves this with every later status
        "updated_at": "2026-03-02T00:00:00Z",
    }
    status = {"id": 9, "state": state, "environment": "production", "description": "3 checks failed", "created_at": at}
    return {
        "action": "created",
        "deployment_status": {**status, "log_url": "https://ci.example/9", "target_url": ""},
        "deployment": {**made, **deployment},
        "repository": REPOSITORY,
    }


def pull_request(action: str = "opened", /, **changed: object) -> dict[str, Any]:
    """Number 7, by Ada, into the trunk."""
    told = {
        "number": 7,
        "title": "Round totals",
        "html_url": "https://hub.example/acme/Shop/pull/7",
        "user": ADA,
        "created_at": "2026-03-01T09:00:00Z",
        "updated_at": "2026-03-01T09:00:00Z",
        "closed_at": None,
        "merged_at": None,
        "merge_commit_sha": OTHER,
        "merged_by": None,
        "head": {"ref": "round", "sha": COMMIT, "repo": None},
        "base": {"ref": "main", "sha": OTHER},
    }
    return {"action": action, "number": 7, "pull_request": {**told, **changed}, "repository": REPOSITORY}


def workflow_run(action: str = "completed", /, **changed: object) -> dict[str, Any]:
    """A run of the tests on the trunk."""
    told = {
        "id": 500,
        "name": "tests",
        "head_branch": "main",
        "head_sha": COMMIT,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "run_attempt": 1,
        "created_at": "2026-03-01T10:00:00Z",
        "run_started_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-01T10:04:00Z",
        "html_url": "https://hub.example/acme/Shop/actions/runs/500",
        "actor": ADA,
    }
    return {"action": action, "workflow_run": {**told, **changed}, "workflow": {}, "repository": REPOSITORY}


def workflow_job(name: str, begun: str, ended: str, **changed: object) -> dict[str, Any]:
    """A job of the run, minutes and seconds after ten."""
    told = {
        "id": 1,
        "run_id": 500,
        "run_attempt": 1,
        "head_sha": COMMIT,
        "head_branch": "main",
        "workflow_name": "tests",
        "name": name,
        "status": "completed",
        "conclusion": "success",
        "created_at": "2026-03-01T10:00:00Z",
        "started_at": f"2026-03-01T10:{begun}Z",
        "completed_at": f"2026-03-01T10:{ended}Z",
    }
    return {"action": "completed", "workflow_job": {**told, **changed}, "repository": REPOSITORY}
