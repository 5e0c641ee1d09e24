"""Pipelines: reads a repository's `andon.toml`, runs its tasks by their graph, keeps their logs and test results.

Every run ends with a status, a log and, when green, an artifact. It can be replaced by any product that posts runs and
artifacts as events; `andon check` and `andon run` work alone, without a server.
"""
