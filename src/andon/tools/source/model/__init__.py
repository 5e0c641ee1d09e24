"""The nouns of source: repositories and pushes. Pure."""
