"""What is true of deliveries, and how it is counted. Pure."""
