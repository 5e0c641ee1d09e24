"""Commits and checkouts from the server's bare git repositories, without their hooks, filters or protocols."""
