"""Limits enforced by the kernel where it lets the server do so, else by looking: cgroup v2, cgroup v1, watching.

`Groups` tries the three once, in this order. What runs is identified by a key, so that a restarted server enforces
what an earlier one began.
"""
