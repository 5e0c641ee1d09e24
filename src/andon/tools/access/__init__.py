"""Who may do what: people and machines, their roles, tokens, login links and sessions.

It can be replaced by anything that answers `andon.web.gate.Keyring`; the rest of the house asks only that Protocol.
"""
