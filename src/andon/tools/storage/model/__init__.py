"""Which kept things go, in which order and why; pure."""
