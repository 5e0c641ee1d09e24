"""What a person asks of the facts: one module a question; its records feed page, API, terminal and file alike."""
