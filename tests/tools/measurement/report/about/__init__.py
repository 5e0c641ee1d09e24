"""Tests of reports about more than numbers."""
