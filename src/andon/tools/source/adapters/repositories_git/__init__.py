"""Repositories as bare git repositories on this server's disk, by the git command line."""

from __future__ import annotations

from andon.tools.source.adapters.repositories_git.repositories import BareRepositories

__all__ = ["BareRepositories"]
