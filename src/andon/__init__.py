"""Andon: software delivery on one line, from a commit to the people who use it and back."""
