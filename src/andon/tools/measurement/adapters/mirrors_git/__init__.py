"""Repositories elsewhere, mirrored without their files: what is fetched once is not fetched again."""

from __future__ import annotations

from andon.tools.measurement.adapters.mirrors_git.mirrors import GitMirrors

__all__ = ["GitMirrors"]
