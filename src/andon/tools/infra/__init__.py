"""What environments are made of; so far the secrets that services get at their start.

Values live encrypted outside of the ledger; the ledger knows names, fingerprints, and who set them when. It can be
replaced by anything that answers `SecretStore`.
"""
