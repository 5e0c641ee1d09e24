"""What happens to services in environments: pure; no clock, no processes."""
