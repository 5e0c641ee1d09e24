"""Artifacts: what a green run made, kept as OCI images under digests that never change, with signed provenance.

The tool has a registry (`registry/`, an OCI distribution door at /v2/ over content-addressed files), a packer that
turns a folder into an image, and a puller that unpacks one. Packer and puller speak to the registry over HTTP only,
so zot, Harbor or any other OCI registry can take the built-in one's place; podman, docker, skopeo and oras speak to
ours.
`registry/` is a room of its own beside api.py and pages.py because it is a door whose words are another standard's.
"""
