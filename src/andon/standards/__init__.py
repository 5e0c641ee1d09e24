"""Other people's formats: pure parse and print."""
