"""The nouns of access: the account, and the roles it may have."""
