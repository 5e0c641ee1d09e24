"""The nouns of infra: the secrets of a service in an environment."""
