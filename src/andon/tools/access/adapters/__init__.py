"""What access needs from the world, as products give it."""
