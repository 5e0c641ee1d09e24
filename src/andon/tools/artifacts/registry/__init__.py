"""The registry: an OCI distribution 1.1 door at /v2/, streaming both ways, over content-addressed files.

`door.py` is the ASGI application. A call goes: door (who may?) -> routes (which handler?) -> blobs, uploads, manifests,
tags or referrers (the standard's words) -> storage (files and the index).
"""

from andon.tools.artifacts.registry.credentials import Access
from andon.tools.artifacts.registry.door import Registry
from andon.tools.artifacts.registry.storage import Policy, RegistryStorage

__all__ = ["Access", "Policy", "Registry", "RegistryStorage"]
