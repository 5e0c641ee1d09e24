"""Nines: systems of parts, and how much may go wrong."""
