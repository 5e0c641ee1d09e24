"""Pictures, by their structure and in a real browser."""
