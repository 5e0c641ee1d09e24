"""The commands of measurement; each module is imported only when one of its commands is used."""
