"""Runs tasks under bubblewrap: own processes, own network, own files; without it, in a fresh folder and environment."""
