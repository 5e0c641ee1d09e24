"""The one place that joins ports to adapters and builds everything from a configuration."""
