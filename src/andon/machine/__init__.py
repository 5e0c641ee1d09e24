"""This machine, as every tool uses it: one sandbox, one kind of process that outlives the server, limits and logs."""
