"""Improvements, and what people tell beside the facts: the pulse, numbers of their own, prices."""
