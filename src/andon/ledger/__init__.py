"""The ledger floor: append, read, follow and verify the one history of the house, in SQLite or PostgreSQL."""
