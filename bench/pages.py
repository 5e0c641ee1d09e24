"""How soon a page is there, on a server with some history; the control is the login page, which asks nothing."""

from __future__ import annotations

import json
import time

from bench._server import Server, median_ms, running
from bench.idle import deployed

ROUNDS = 40
PUSHES = 20


def lived_in(server: Server) -> dict[str, str]:
    """Some history, and the addresses of pages that show it."""
    deployed(server)
    work = server.folder / "work" / "shop"
    for turn in range(PUSHES):
        (work / "turn").write_text(str(turn))
        server.git(work, "add", ".")
        server.git(work, "commit", "-q", "-m", f"Turn {turn}")
        server.git(work, "push", "-q", "-o", "detach", "origin", f"HEAD:branch-{turn}")
    server.until("pipelines.WorkspaceRemoved", PUSHES + 1)
    run = server.get("/api/v1/runs", repository="shop", branch="main", limit=1)[0]
    artifact = server.get("/api/v1/artifacts")[0]
    return {
        "login": "/login",
        "board": "/",
        "run": f"/runs/{run['number']}",
        "log": f"/runs/{run['number']}/unit",
        "change": f"/changes/shop/{run['commit']}",
        "artifact": f"/artifacts/shop/{artifact['version']}",
        "environment": "/environments/production/shop",
        "ledger": "/ledger",
    }


def page_s(server: Server, path: str) -> list[float]:
    """Seconds of each of some askings."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = server.client.get(path, headers={"accept": "text/html"})
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        assert "<html" in answer.text, path
    return times


def main() -> None:
    """All pages."""
    with running() as server:
        figures = {f"{name}_ms": median_ms(page_s(server, path)) for name, path in lived_in(server).items()}
        print(json.dumps({"bench": "pages", "rounds": ROUNDS, **figures, "rss_mib": round(server.rss_mib(), 1)}))


if __name__ == "__main__":
    main()
