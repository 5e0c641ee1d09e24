"""Toy: counts bells. It is there to show what one more tool costs."""
