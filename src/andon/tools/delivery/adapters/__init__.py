"""Products that the ports of delivery are joined to."""
