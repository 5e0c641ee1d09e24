"""Tests of the tool artifacts."""
