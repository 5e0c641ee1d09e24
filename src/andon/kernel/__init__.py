"""Ground floor: what every noun is made of. Pure; imports nothing of the house."""
