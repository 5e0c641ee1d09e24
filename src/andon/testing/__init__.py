"""Shipped for tests, ours and those of whoever writes an adapter: fakes, conformance suites, waiting for facts."""
