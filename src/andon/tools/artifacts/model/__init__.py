"""What is true about artifacts: versions, permissions to push and pull, provenance. Pure."""
