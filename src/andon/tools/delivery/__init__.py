"""Delivery: puts artifacts into environments and moves traffic to them, one verified step at a time.

It knows the line (environments in their order), the cord, and for every service in every environment two slots, of
which one has the traffic. Instead of its process runtime and its HAProxy router others can be used: they implement
`ports.Runtime` and `ports.Router`. Alone: submit `RequestPromotion` to a `service/<environment>/<service>` stream.
"""
