"""How the ledger's own events become facts: one module a tool whose events are read."""
