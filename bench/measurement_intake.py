"""How many saved webhooks and rows of CSV are read in a second, beside what the standard library needs to parse them.

The webhooks have the size and shape of GitHub's: people and repositories with all their addresses in each.
"""

from __future__ import annotations

import csv
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from andon.tools.measurement.adapters.intake_github import GitHubIntake
from andon.tools.measurement.importing import FactFile, Tally, pieces, saved_deliveries
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.tables.import_row import TABLES

DELIVERIES = 20_000
ROWS = 1_000_000
#: one row in so many is broken
BROKEN = 1_000
ROUNDS = 5
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, object]


def addresses(below: str, names: str) -> Json:
    """As many as GitHub gives."""
    return {f"{name}_url": f"https://api.hub.example/{below}/{name}{{/number}}" for name in names.split()}


def user(login: str) -> Json:
    """A person."""
    urls = addresses(
        f"users/{login}",
        "avatar html followers following gists starred subscriptions organizations repos events received",
    )
    return {
        "login": login,
        "id": 21031067,
        "node_id": "MDQ6VXNlcjIxMDMxMDY3",
        "type": "User",
        "site_admin": False,
        **urls,
    }


def repository(name: str) -> Json:
    """A repository."""
    urls = addresses(
        f"repos/acme/{name}",
        "html forks keys collaborators teams hooks issue_events events assignees branches tags blobs git_tags git_refs "
        "trees statuses languages stargazers contributors subscribers subscription commits git_commits comments "
        "issue_comment contents compare merges archive downloads issues pulls milestones notifications labels releases "
        "deployments git ssh svn mirror",
    )
    counts = dict.fromkeys(("size", "stargazers_count", "watchers_count", "forks_count", "open_issues_count"), 12)
    own = {"id": 1, "name": name, "full_name": f"acme/{name}", "private": False, "owner": user("acme"), "fork": False}
    more: Json = {
        "default_branch": "main",
        "clone_url": f"https://hub.example/acme/{name}.git",
        "pushed_at": 1772366400,
    }
    return {**own, **urls, **counts, **more}


def stamp(number: int, minutes: int = 0) -> str:
    """An instant of the year."""
    return (NOON + timedelta(minutes=10 * number + minutes)).isoformat().replace("+00:00", "Z")


def deployment_status(number: int) -> Json:
    """One that succeeded."""
    urls = addresses("repos/acme/shop/deployments/1", "statuses repository target log environment")
    made = {"id": number, "sha": f"{number + 1:040x}", "ref": "main", "task": "deploy", "payload": {}, **urls}
    made |= {"environment": "production", "creator": user("ada"), "created_at": stamp(number)}
    status = {"id": number, "state": "success", "environment": "production", "created_at": stamp(number, 5), **urls}
    return {"deployment_status": {**status, "creator": user("ada")}, "deployment": made}


def pull_request(number: int) -> Json:
    """One that landed."""
    end = {
        "label": "acme:main",
        "ref": "main",
        "sha": f"{number + 1:040x}",
        "user": user("ada"),
        "repo": repository("shop"),
    }
    told: Json = {
        "number": number,
        "title": "Round totals",
        "body": "Totals are rounded once. " * 20,
        "state": "closed",
    }
    told |= {"user": user("ada"), "merged_by": user("grace"), "head": end, "base": end, "labels": [], "draft": False}
    told |= {"created_at": stamp(number), "updated_at": stamp(number, 9), "closed_at": stamp(number, 9)}
    told |= {"merged_at": stamp(number, 9), "merge_commit_sha": f"{number + 1:040x}"}
    return {"number": number, "pull_request": told}


def push(number: int) -> Json:
    """Some commits to the trunk."""
    files = [f"src/shop/part_{index}.py" for index in range(6)]
    person = {"name": "Ada", "email": "ada@acme.example", "username": "ada"}
    commit = {"id": f"{number + 1:040x}", "message": "Round totals once", "author": person, "modified": files}
    refs = {"ref": "refs/heads/main", "before": f"{number:040x}", "after": f"{number + 1:040x}", "forced": False}
    return {**refs, "commits": [commit] * 5, "head_commit": commit}


def workflow_run(number: int) -> Json:
    """One that ended well."""
    urls = addresses("repos/acme/shop/actions/runs/1", "jobs logs check_suite artifacts cancel rerun workflow html")
    told = {
        "id": number,
        "name": "tests",
        "head_branch": "main",
        "head_sha": f"{number + 1:040x}",
        "event": "push",
        **urls,
    }
    told |= {"status": "completed", "conclusion": "success", "run_attempt": 1, "created_at": stamp(number)}
    told |= {"run_started_at": stamp(number), "updated_at": stamp(number, 4), "head_repository": repository("shop")}
    return {"workflow_run": told, "workflow": urls}


KINDS = {
    "deployment_status": deployment_status,
    "pull_request": pull_request,
    "push": push,
    "workflow_run": workflow_run,
}


def write_deliveries(file: Path) -> None:
    """One a line, of each kind as many."""
    names = list(KINDS)
    with file.open("w") as out:
        for number in range(DELIVERIES):
            name = names[number % len(names)]
            body = {
                "action": "completed",
                **KINDS[name](number),
                "repository": repository("shop"),
                "sender": user("ada"),
            }
            headers = {"X-GitHub-Event": name, "X-GitHub-Delivery": f"d-{number}", "Content-Type": "application/json"}
            out.write(json.dumps({"headers": headers, "body": body}) + "\n")


def chunks(file: Path) -> Iterator[bytes]:
    """As an upload comes."""
    with file.open("rb") as opened:
        while chunk := opened.read(1 << 18):
            yield chunk


def read_deliveries(file: Path) -> int:
    """Ours: to facts."""
    count = 0
    for each in saved_deliveries(chunks(file), GitHubIntake(), Mapping(source="hub"), NOON):
        assert isinstance(each, ReadDelivery)
        assert each.facts or each.heads
        count += 1
    return count


def load_deliveries(file: Path) -> int:
    """The control: parsed and thrown away."""
    with file.open() as opened:
        return sum(1 for line in opened if json.loads(line))


def write_rows(file: Path) -> None:
    """A million deployments; some times are none."""
    with file.open("w", newline="") as out:
        out.write("id,service,environment,commit,version,started_at,finished_at,outcome\r\n")
        for number in range(ROWS):
            at = "yesterday" if number % BROKEN == 7 else stamp(number % 50_000, 4)
            begun = stamp(number % 50_000)
            out.write(f"d{number},shop,production,{number + 1:040x},1.{number},{begun},{at},success\r\n")


def read_rows(file: Path) -> int:
    """Ours: to facts, and the broken ones named."""
    tally = Tally()
    for _ in pieces(FactFile("old", TABLES["deployments"]).csv(chunks(file)), tally):
        pass
    assert (tally.taken, tally.broken) == (ROWS - ROWS // BROKEN, ROWS // BROKEN)
    return ROWS


def load_rows(file: Path) -> int:
    """The control: split into cells and thrown away."""
    with file.open(newline="") as opened:
        return sum(1 for _ in csv.DictReader(opened))


def per_second(read: Callable[[Path], int], file: Path) -> float:
    """Of one reading."""
    began = time.perf_counter()
    count = read(file)
    return count / (time.perf_counter() - began)


def main() -> None:
    """Ours and the control in turn, on the same file."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        rows, deliveries = Path(folder) / "deployments.csv", Path(folder) / "deliveries.jsonl"
        write_rows(rows)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rows_per_s = per_second(read_rows, rows)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        control_rows_per_s = per_second(load_rows, rows)
        write_deliveries(deliveries)
        pairs = [
            (per_second(read_deliveries, deliveries), per_second(load_deliveries, deliveries)) for _ in range(ROUNDS)
        ]
        figures = {
            "bench": "measurement_intake",
            "deliveries_per_s": round(statistics.median(ours for ours, _ in pairs)),
            "control_deliveries_per_s": round(statistics.median(control for _, control in pairs)),
            "delivery_bytes": round(deliveries.stat().st_size / DELIVERIES),
            "rows_per_s": round(rows_per_s),
            "control_rows_per_s": round(control_rows_per_s),
            "rows_grown_mib": round(grown, 1),
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
