"""Products behind the pipelines' ports; only wiring names them."""
