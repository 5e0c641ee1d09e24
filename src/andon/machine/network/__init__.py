"""The way out of a sandbox that has a network of its own: an HTTP(S) proxy, to the hosts that are allowed.

A task with `network` finds the proxy on its own loopback. The listening socket was made inside the sandbox's network
namespace and belongs to the server, so that nothing of the machine's network can be reached past the proxy.
"""
