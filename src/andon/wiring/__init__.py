"""The one place that joins ports to adapters and builds everything from a configuration."""

from andon.wiring.house import House, open_house

__all__ = ["House", "open_house"]
