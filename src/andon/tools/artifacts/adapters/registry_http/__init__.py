"""An OCI registry over HTTP: the built-in one, or any other in its place."""

from andon.tools.artifacts.adapters.registry_http.authorization import Login, Minted
from andon.tools.artifacts.adapters.registry_http.client import HttpRegistries, HttpRegistry

__all__ = ["HttpRegistries", "HttpRegistry", "Login", "Minted"]
