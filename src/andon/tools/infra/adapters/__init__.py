"""What infra needs from the world, as products give it."""
