"""Commits and tags of a git repository on this machine, or cloned for a moment, read without running anything of it."""
