"""Logs as files of bytes, with an index in memory that is built from what was read so far."""
