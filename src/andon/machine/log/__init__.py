"""What a service prints: written by a process of its own in segments of bounded size, read from any offset."""
