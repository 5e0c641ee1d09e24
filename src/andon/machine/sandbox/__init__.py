"""The sandbox of tasks and services: what it shows of the host, how it is described, and how bubblewrap makes it."""
