"""Test results from JUnit XML files."""
