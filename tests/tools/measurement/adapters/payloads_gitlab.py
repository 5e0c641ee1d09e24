"""GitLab's payloads in the documented shape, with our own values; each test changes what it is about."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from andon.kernel.ids import CommitId
from andon.tools.measurement.adapters.intake_gitlab import GitLabIntake
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = Mapping(source="lab")
COMMIT, OTHER = CommitId("a1" * 20), CommitId("b2" * 20)
ZEROS = "0" * 40
PROJECT: dict[str, Any] = {
    "id": 30,
    "name": "The Shop",
    "path_with_namespace": "acme/web/shop",
    "git_http_url": "https://lab.example/acme/web/shop.git",
    "web_url": "https://lab.example/acme/web/shop",
    "default_branch": "main",
}
ADA, GRACE = {"id": 1, "username": "ada"}, {"id": 2, "username": "grace"}


def read(event: str, payload: object, names: Mapping = NAMES, **headers: str) -> ReadDelivery:
    """As it comes in."""
    told = {"x-gitlab-event": event, "idempotency-key": "k-1"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return GitLabIntake().read(told, json.dumps(payload).encode(), names, NOW)


def push(**changed: object) -> dict[str, Any]:
    """To the trunk: 20 of 31 commits are listed."""
    told = {"object_kind": "push", "ref": "refs/heads/main", "before": OTHER, "after": COMMIT, "checkout_sha": COMMIT}
    listed = [{"id": COMMIT, "timestamp": "2026-03-01T11:00:00+01:00"}] * 20
    return {**told, "user_username": "ada", "project": PROJECT, "commits": listed, "total_commits_count": 31, **changed}


def deployment(status: str = "success", **changed: object) -> dict[str, Any]:
    """Number 15, to production, at noon."""
    told = {
        "object_kind": "deployment",
        "status": status,
        "status_changed_at": "2026-03-01 14:00:00 +0200",
        "deployment_id": 15,
        "deployable_url": "https://lab.example/acme/web/shop/-/jobs/796",
        "environment": "Production",
        "environment_tier": "production",
        "project": PROJECT,
        "short_sha": COMMIT[:8],
        "user": ADA,
        "commit_url": f"https://lab.example/acme/web/shop/-/commit/{COMMIT}",
    }
    return {**told, **changed}


def merge_request(action: str, at: str, user: dict[str, Any] = ADA, **changed: object) -> dict[str, Any]:
    """Number 7, by Ada, into the trunk; opened at nine."""
    told = {
        "id": 99,
        "iid": 7,
        "target_branch": "main",
        "source_branch": "round",
        "author_id": 1,
        "title": "Round totals",
        "created_at": "2026-03-01 09:00:00 UTC",
        "updated_at": f"2026-03-01 {at}:00 UTC",
        "state": {"merge": "merged", "close": "closed"}.get(action, "opened"),
        "url": "https://lab.example/acme/web/shop/-/merge_requests/7",
        "last_commit": {"id": COMMIT, "timestamp": "2026-03-01T08:00:00+00:00"},
        "action": action,
    }
    return {"object_kind": "merge_request", "user": user, "project": PROJECT, "object_attributes": {**told, **changed}}


def pipeline(status: str = "success", **changed: object) -> dict[str, Any]:
    """Number 31, of the trunk, with three jobs."""
    told = {
        "id": 31,
        "name": "tests",
        "ref": "main",
        "tag": False,
        "sha": COMMIT,
        "source": "push",
        "status": status,
        "created_at": "2026-03-01 10:00:00 UTC",
        "finished_at": "2026-03-01 10:04:00 UTC",
        "duration": 180,
        "queued_duration": 30,
        "url": "https://lab.example/acme/web/shop/-/pipelines/31",
    }
    builds = [
        build("deploy", "skipped"),
        build("unit", "failed", begun="10:01:00", ended="10:04:00", queued_duration=20.5),
        build("lint", "success", begun="10:00:30", ended="10:02:00", queued_duration=30.0),
    ]
    return {
        "object_kind": "pipeline",
        "object_attributes": {**told, **changed},
        "project": PROJECT,
        "user": ADA,
        "builds": builds,
    }


def build(name: str, status: str, begun: str = "", ended: str = "", **more: object) -> dict[str, Any]:
    """One job."""
    return {
        "name": name,
        "stage": "test",
        "status": status,
        "created_at": "2026-03-01 10:00:00 UTC",
        "started_at": f"2026-03-01 {begun} UTC" if begun else None,
        "finished_at": f"2026-03-01 {ended} UTC" if ended else None,
        **more,
    }


def work_item(action: str, at: str, kind: str = "Incident") -> dict[str, Any]:
    """Number 23, opened at ten."""
    told = {
        "id": 301,
        "iid": 23,
        "title": "Checkout is slow",
        "created_at": "2026-03-01T10:00:00Z",
        "updated_at": f"2026-03-01T{at}:00Z",
        "type": kind,
        "state": "closed" if action in {"close", "relabel"} else "opened",
        "action": action,
        "severity": "high",
        "url": "https://lab.example/acme/web/shop/-/issues/incident/23",
    }
    return {"object_kind": "work_item", "project": PROJECT, "object_attributes": told}
