"""How work flows to a place: items, stages, waiting, waste, and what the weeks to come may bring."""
