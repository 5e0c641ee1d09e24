"""Releases as a git repository tells them: tags, lines, and what is unusual about them."""
