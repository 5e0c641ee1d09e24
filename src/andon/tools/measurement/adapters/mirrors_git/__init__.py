"""Repositories elsewhere, mirrored without their files, so that nothing is fetched twice; and this server's own."""

from __future__ import annotations

from andon.tools.measurement.adapters.mirrors_git.mirrors import GitMirrors
from andon.tools.measurement.adapters.mirrors_git.own import GitOwn

__all__ = ["GitMirrors", "GitOwn"]
