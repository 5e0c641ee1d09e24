"""Measurement: the numbers of delivery from facts that are there already, each open to the evidence behind it.

Facts (commits, deployments, incidents, runs, changes) come from the ledger, from the tags of any git repository
(`andon measure PATH`, which needs no server), from webhooks of other tools and from files. Pure functions turn them
into numbers, value streams and forecasts. It can be replaced by DevLake, Four Keys or Sleuth, and what it knows can be
exported.
"""
